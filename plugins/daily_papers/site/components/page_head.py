"""Additions to the head of a page: stylesheet, scripts, links to feeds and neighbours, and the social card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from daily_papers.site.assets import SCRIPT, STYLESHEET
from daily_papers.site.components.structured_data import territory
from daily_papers.site.context import SiteContext
from daily_papers.site.urls import to_root

HeadLink = tuple[str, str, str]
"""Relation, address below the root, and media type (may be empty)."""


def page_head(
    site: SiteContext, url: str, links: Sequence[HeadLink] = (), *, feed: str = "", feed_name: str = ""
) -> Callable[[], str]:
    """Return a function that renders the links and scripts in the head of the page at `url`.

    `feed` is the page's feed, as `Urls.feed` takes it; empty if it has none. `feed_name` is the subject of that feed,
    empty for the whole site.
    """
    site_name = site.settings.site_name
    title = f"{feed_name} · {site_name}" if feed_name else site_name
    return lambda: site.render(
        "page_head.html",
        root=to_root(url),
        stylesheet=site.urls.asset(STYLESHEET),
        links=links,
        feed_links=[
            (site.urls.feed(feed, code), f"{title} ({messages.texts['language_name']})")
            for messages, code in (site.feed_languages if feed else ())
        ],
        script=site.urls.asset(SCRIPT),
    )


def social_card(site: SiteContext, title: str, description: str, image: str, url: str) -> str:
    """Return the metadata from which other sites make the card of a link to the page at `url`, below the root.

    `image` is the address of its picture; empty if it has none.
    """
    return site.render(
        "social_card.html",
        title=title,
        description=description,
        image=image,
        url=site.absolute(url),
        site_name=site.settings.site_name,
        locales=[territory(messages.language) for messages in site.multilingual.all],
    )
