"""Page of a paper (/p/ID/): everything the archive knows of it, in a frame of its own.

The slash of an old arXiv id is a folder: /p/hep-th/9901001/. The page shows the record of the paper's primary date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from urllib.parse import quote

import msgspec
from markupsafe import Markup

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.model.citations import bibtex_entry, citation_date, citation_key, cite, is_name
from daily_papers.model.records import ARXIV, Paper
from daily_papers.model.text import NAME_CHARS, cut, single_line
from daily_papers.site.components.document import render_document
from daily_papers.site.components.paper_view import Link, PaperView, SummaryView
from daily_papers.site.components.structured_data import scholarly_article
from daily_papers.site.context import SiteContext
from daily_papers.site.page import DESCRIPTION_CHARS
from daily_papers.site.urls import month_stem, to_root

SHOWN_AUTHORS = 30
"""Authors before the folded rest."""
SITEMAP = "p/sitemap.xml"
META_AUTHORS = 50
"""Authors in the head, as `citation_author`. One paper of 75 has more."""

_decoder = msgspec.msgpack.Decoder(dict[str, str])
_encoder = msgspec.msgpack.Encoder()


def file_groups(site: SiteContext) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Yield address and content of the page of each paper, in a group a month."""
    for _, month in groupby(site.index.primary_listings, key=lambda listing: month_stem(listing.date)):
        yield _files(site, [*month])


def renderers(site: SiteContext) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the address of the file of each paper, and a function that renders it."""
    for listing in site.index.primary_listings:
        yield site.urls.file_of(site.urls.paper_page(listing.paper.id)), partial(render_paper, site, listing)


def prerender_year(site: SiteContext, year: int) -> None:
    """Render and cache the pages of the papers whose primary date is in `year`."""
    for _ in _files(site, (listing for listing in site.index.primary_listings if listing.date.year == year)):
        pass


def addresses(site: SiteContext) -> Iterator[str]:
    """Yield the address of the file of each paper."""
    yield from (address for address, _ in renderers(site))


def files(site: SiteContext) -> Iterator[tuple[str, bytes]]:
    """Yield the sitemap of the pages of papers, if the site's address is known.

    It is a file of its own: with its instant navigation, Material's script loads the sitemap of the site on each visit,
    and would put the content of the pages in it into the theme's frame.
    """
    if site.settings.site_url and site.index.primary_listings:
        entries = [
            (site.absolute(site.urls.paper_page(listing.paper.id)), site.index.change_dates.get(listing.date))
            for listing in site.index.primary_listings
        ]
        yield site.urls.below(SITEMAP), site.render("sitemap.xml", entries=entries).encode()


def cache_name(date: dt.date) -> str:
    return f"{month_stem(date)}/{date.day:02} papers"


def _files(site: SiteContext, listings: Iterable[PrimaryListing]) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of `listings`, those of each date rendered now or for an earlier build."""
    for date, of_date in groupby(listings, key=lambda listing: listing.date):
        papers = [*of_date]

        def render() -> bytes:
            return _encoder.encode({one.paper.id: render_paper(site, one) for one in papers})  # noqa: B023  # called here

        pages = _decoder.decode(site.render_cache.get_or_render(cache_name(date), (date,), render))
        for paper_id, html in pages.items():
            yield site.urls.file_of(site.urls.paper_page(paper_id)), html.encode("utf-8", "xmlcharrefreplace")


def render_paper(site: SiteContext, listing: PrimaryListing) -> str:
    """Return the whole page of a paper."""
    paper, date = listing.paper, listing.date
    url = site.urls.paper_page(paper.id)
    root = to_root(url)
    view = site.presenter.view(paper, date)
    content = site.render(
        "paper.html",
        p=view,
        root=root,
        summaries=_summaries(view),
        authors=_author_links(site, paper),
        shown_authors=SHOWN_AUTHORS,
        listed=_listed_dates(site, paper, date),
        readings=paper.vote_history if view.trend else (),
        facts=_arxiv_facts(paper),
        bibtex=_bibtex(paper, date),
        paper_url=root + site.urls.paper_redirect(),
    )
    return render_document(
        site,
        url=url,
        title=paper.title,
        description=_description(site, view),
        image=site.presenter.media.still(paper),
        head=_citation_tags(site, paper, date, url) + _data(site, paper, url),
        content=Markup(content),  # noqa: S704  # rendered by a template
        title_language="en",
    )


def _summaries(view: PaperView) -> list[SummaryView]:
    return [*filter(None, (view.summary,)), *view.others]


def _author_links(site: SiteContext, paper: Paper) -> list[Link]:
    """Return each author with the address of the list of papers under that name."""
    page = site.urls.authors()
    return [
        Link(Markup.escape(cut(name, NAME_CHARS)), f"{page}#{quote(name)}") for name in paper.authors if is_name(name)
    ]


def _listed_dates(site: SiteContext, paper: Paper, date: dt.date) -> list[tuple[dt.date, str]]:
    """Return every date that lists the paper, with the address of the paper on the page of that date."""
    dates = site.index.relisted_dates.get(paper.id, (date,))
    return [(each, site.urls.paper(paper.id, each)) for each in dates]


def _arxiv_facts(paper: Paper) -> list[tuple[str, str]]:
    """Return the message key and the text of what arXiv says of the paper."""
    arxiv = paper.arxiv
    if not arxiv:
        return []
    facts = [
        ("categories", " · ".join(arxiv.categories) or arxiv.primary_category),
        ("journal_ref", arxiv.journal_ref),
        ("comment", arxiv.comment),
        ("doi", arxiv.doi),
    ]
    return [(key, cut(single_line(text), DESCRIPTION_CHARS)) for key, text in facts if text]


def _bibtex(paper: Paper, date: dt.date) -> str:
    citation = cite(paper, date)
    return bibtex_entry(citation, citation_key(citation, set()))


def _description(site: SiteContext, view: PaperView) -> str:
    """Return the beginning of the summary in the site's first language, else of another one or of the abstract."""
    bullets = view.summary.bullets if view.summary else []
    text = " ".join(bullet.text for bullet in bullets) or view.abstract
    return cut(single_line(text), DESCRIPTION_CHARS) or site.messages.texts["no_summary"]


def _citation_tags(site: SiteContext, paper: Paper, date: dt.date, url: str) -> Markup:
    """Return the tags that Google Scholar and reference managers read."""
    names: Sequence[str] = [name for name in paper.authors[:META_AUTHORS] if is_name(name)]
    tags = [
        ("citation_title", paper.title),
        *(("citation_author", cut(name, NAME_CHARS)) for name in names),
        ("citation_publication_date", citation_date(paper, date).replace("-", "/")),
    ]
    if paper.is_on_arxiv:
        tags.append(("citation_arxiv_id", paper.id))
        tags.append(("citation_pdf_url", f"{ARXIV}/pdf/{paper.id}"))
    if paper.arxiv and paper.arxiv.doi:
        tags.append(("citation_doi", paper.arxiv.doi))
    if address := site.absolute(url):
        tags.append(("citation_abstract_html_url", address))
    return Markup("\n").join(Markup('<meta name="{}" content="{}">').format(*tag) for tag in tags)


def _data(site: SiteContext, paper: Paper, url: str) -> Markup:
    return scholarly_article(paper, site.absolute(url), site.presenter.media.still(paper))
