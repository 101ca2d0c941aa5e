"""The search box in the header of Material, which has no slot there but its own search plugin's.

A theme's environment goes in; its header comes out with the box, on every page. The theme's own template is changed as
it is read, never copied: a later Material, or an author's own header, keeps what it has.
"""

from __future__ import annotations

from jinja2 import ChoiceLoader, DictLoader, Environment, TemplateNotFound

from daily_papers.site.assets import SCRIPT, STYLESHEET
from daily_papers.site.renderer import Renderer

HEADER = "partials/header.html"
_END = "</nav>"
_ROOT = "dp-root-3f9c1e7ab2d84605/"
_BASE = "{{ base_url }}/"


def put_into_header(env: Environment, draw: Renderer) -> bool:
    """Put the box of `draw` at the end of the header that `env` has; returns whether there was a place for it."""
    if env.loader is None:
        return False
    try:
        source = env.loader.get_source(env, HEADER)[0]
    except TemplateNotFound:
        return False
    before, end, after = source.partition(_END)
    if not end:
        return False
    box = f'<div class="dp dp-top" lang="{draw.words.language}">{draw.search_box(_ROOT)}</div>'
    raw = f"{{% raw %}}{box}{{% endraw %}}".replace(_ROOT, f"{{% endraw %}}{_BASE}{{% raw %}}")
    env.loader = ChoiceLoader([DictLoader({HEADER: f"{before}{_assets(draw)}{raw}{end}{after}"}), env.loader])
    return True


def _assets(draw: Renderer) -> str:
    """Return what the box needs on an author's own page, which has not the head of ours."""
    style, script = (draw.urls.asset(name) for name in (STYLESHEET, SCRIPT))
    return (
        "{% if not (page and page.meta and page.meta.daily_papers_head) %}"
        f'<link rel="stylesheet" href="{_BASE}{style}"><script type="module" src="{_BASE}{script}"></script>'
        "{% endif %}"
    )
