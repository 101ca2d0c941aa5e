"""A whole page without the theme, in a light frame: header, search and footer. Thousands of papers have one each."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from daily_papers.site.assets import DOCUMENT_SCRIPT, SCRIPT, STYLESHEET
from daily_papers.site.components.page_head import social_card
from daily_papers.site.context import SiteContext
from daily_papers.site.csp import policy_tag
from daily_papers.site.urls import to_root

DOCUMENT = "dp-document"
"""The class of the root element of such a page."""


def render_document(
    site: SiteContext,
    *,
    url: str,
    title: str,
    description: str,
    image: str,
    head: Markup,
    content: Markup,
    title_language: str,
) -> str:
    """Return the page at `url`, below the site's root, with `content` in its frame.

    `head` is added to the head of the page. `image` is the address of the picture in cards of links to it; empty if it
    has none. `title_language` is the language of the title.
    """
    root = to_root(url)
    settings = site.settings
    has_own_search = site.shards and settings.header_search
    return site.render(
        "document.html",
        root=root,
        url=site.absolute(url),
        title=title,
        title_language=title_language,
        description=description,
        site_name=settings.site_name,
        color_scheme=settings.color_scheme,
        policy=_policy(settings.media_hosts, searches=bool(site.shards), inline_scripts=settings.is_preview),
        head=head + Markup(social_card(site, title, description, image, url)),  # noqa: S704  # rendered by a template
        script=site.urls.asset(DOCUMENT_SCRIPT),
        stylesheet=site.urls.asset(STYLESHEET),
        module=site.urls.asset(SCRIPT),
        search=Markup(site.search_box(root)) if has_own_search else "",  # noqa: S704  # rendered by a template
        content=content,
    )


@lru_cache(maxsize=4)
def _policy(media_hosts: tuple[str, ...], *, searches: bool, inline_scripts: bool) -> Markup:
    return Markup(policy_tag("", media_hosts=media_hosts, searches=searches, inline_scripts=inline_scripts))  # noqa: S704  # no text from outside
