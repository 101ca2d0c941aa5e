"""The search box in Material's header, which has no place for it but that of its own search plugin.

The theme's template is changed as it is read, never copied: a later Material, or an author's own header, keeps its
content.
"""

from __future__ import annotations

from jinja2 import ChoiceLoader, DictLoader, Environment, TemplateNotFound

from daily_papers.site.assets import SCRIPT, STYLESHEET
from daily_papers.site.context import SiteContext

HEADER = "partials/header.html"
_END = "</nav>"
_ROOT = "dp-root-3f9c1e7ab2d84605/"
_BASE = "{{ base_url }}/"


def add_header_search(env: Environment, site: SiteContext) -> bool:
    """Add the search box to the end of the header in `env`; return False if there is no place for it."""
    if env.loader is None:
        return False
    try:
        source = env.loader.get_source(env, HEADER)[0]
    except TemplateNotFound:
        return False
    before, end, after = source.partition(_END)
    if not end:
        return False
    box = f'<div class="dp dp-top" lang="{site.messages.language}">{site.search_box(_ROOT)}</div>'
    raw = f"{{% raw %}}{box}{{% endraw %}}".replace(_ROOT, f"{{% endraw %}}{_BASE}{{% raw %}}")
    env.loader = ChoiceLoader([DictLoader({HEADER: f"{before}{_assets(site)}{raw}{end}{after}"}), env.loader])
    return True


def _assets(site: SiteContext) -> str:
    """Return the stylesheet and script of the box, for an author's page, which does not have them in its head."""
    style, script = (site.urls.asset(name) for name in (STYLESHEET, SCRIPT))
    return (
        "{% if not (page and page.meta and page.meta.daily_papers_head) %}"
        f'<link rel="stylesheet" href="{_BASE}{style}"><script type="module" src="{_BASE}{script}"></script>'
        "{% endif %}"
    )
