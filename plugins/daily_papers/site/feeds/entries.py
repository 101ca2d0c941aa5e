"""Days and papers as entries of feeds, in one language: what stands in them, under which id, and when it changed.

Records go in, Entries come out, each made once however many feeds have it. Texts from outside are escaped, cut to what
a reader can take, and rid of what XML cannot hold; addresses are whole.

An id tells what is listed (which source, day or paper, in which language), not where it is published: a site that moves
to another address shows nobody all its entries as new. Two archives of one source are mirrors, and share their ids.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import msgspec

from daily_papers.index.day_summary import votes_seen
from daily_papers.model.records import ARXIV, HUGGING_FACE, Day, Paper, Summary, file_extension
from daily_papers.model.text import NAME_CHARS, cut, safe_url, single_line, strip_invisible
from daily_papers.site.components.media import Medium
from daily_papers.site.components.paper_view import ABSTRACT_LANGUAGE, FIRST_AUTHORS, Bullet, Link, beginning
from daily_papers.site.feeds.json_feed import Enclosure, Entry, Topic
from daily_papers.site.renderer import Renderer

TITLE_CHARS = 300
ABSTRACT_CHARS = 6_000
BULLETS, BULLET_CHARS = 12, 1_500
MEDIA, LINKS, AUTHORS = 8, 12, 5
"""So much of a paper is in a feed, and no more: readers give up on entries of megabytes."""

_NAMESPACE = uuid.UUID("0e7c1f5e-52a4-4d0b-9a2e-6d7f0b8f3c11")

# What a file is, unlike what a browser is told so that it tries.
_FILM_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "qt": "video/quicktime",
}
_ANY_FILE = "application/octet-stream"


class _Shown(msgspec.Struct, frozen=True, gc=False):
    """A paper as the content of an entry; strings that are no Markup are plain."""

    title: str
    address: str
    picture: str
    facts: str
    """Votes, organization and authors."""
    lang: str
    bullets: list[Bullet]
    by: str
    abstract: list[str]
    abstract_by: str
    topics: list[tuple[str, str]]
    links: list[tuple[str, str]]
    films: tuple[Enclosure, ...]


class Entries:
    """Makes the entries of one site in `language`, a code as the options have it."""

    def __init__(self, draw: Renderer, language: str) -> None:
        self.language = language
        self._draw = draw
        self.words, self._viewer = draw.for_language(language)
        self._papers: dict[str, Entry] = {}

    def id_of(self, *what: str) -> str:
        """Return the lasting id of what is told in this language."""
        name = "\n".join((self._draw.source, self.language, *what))
        return uuid.uuid5(_NAMESPACE, strip_invisible(name)).urn

    def day(self, day: Day) -> Entry:
        """Return a date with all its papers, as its page has them."""
        words, seen = self.words, votes_seen(day)
        about = [words.count("papers", len(day.papers)), words.count("votes", day.votes)]
        if seen:
            about.append(words.text("votes_seen", date=seen))
        shown = [self._show(paper, day.date, with_abstract=False) for paper in day.ranked]
        first = midnight(day.date)
        return Entry(
            id=self.id_of("day", day.date.isoformat()),
            address=self._draw.absolute(self._draw.urls.day(day.date)),
            title=words.date(day.date),
            content=self._content(shown, " · ".join(about)),
            published=first,
            updated=max([first, day.fetched_at or midnight(seen or day.date), *map(self._told, day.papers)]),
            enclosures=tuple(dict.fromkeys(film for one in shown for film in one.films)),
            picture=next((one.picture for one in shown if one.picture), ""),
        )

    def paper(self, paper: Paper, date: dt.date) -> Entry:
        """Return `paper`, which was first listed on `date`."""
        entry = self._papers.get(paper.id)
        if entry is None:
            entry = self._papers[paper.id] = self._paper(paper, date)
        return entry

    def _paper(self, paper: Paper, date: dt.date) -> Entry:
        shown = self._show(paper, date, with_abstract=True)
        seen = paper.vote_history[-1][0] if paper.vote_history else date
        published = midnight(date)
        return Entry(
            id=self.id_of("paper", paper.id),
            address=shown.address,
            title=shown.title,
            content=self._content([shown]),
            published=published,
            updated=max(published, midnight(seen), self._told(paper)),
            authors=_authors(paper),
            topics=self._topics(paper),
            enclosures=shown.films,
            picture=shown.picture,
        )

    def settled(self, paper: Paper, date: dt.date, settled: dt.date, votes: int) -> Entry:
        """Return `paper` as it is told once: nothing in it changes when its votes do. `votes` are those it needed."""
        enough = self.words.text("votes_or_more", count=votes)
        shown = self._show(paper, date, with_abstract=True, votes=enough)
        return msgspec.structs.replace(
            self.paper(paper, date),
            id=self.id_of("settled", paper.id),
            content=self._content([shown]),
            updated=midnight(settled),
        )

    def _content(self, papers: Sequence[_Shown], about: str = "") -> str:
        html = self._draw.render("feed_paper.html", papers=papers, about=about)
        return strip_invisible(html.replace("\n", ""))  # a line of HTML, as its texts are

    def _show(self, paper: Paper, date: dt.date, *, with_abstract: bool, votes: str = "") -> _Shown:
        paper, urls, absolute = _shortened(paper), self._draw.urls, self._draw.absolute
        picture, more, others = self._viewer.media.pick(paper)
        elsewhere = [self._viewer.media_link(medium) for medium in others]
        summary, _ = self._viewer.summaries(paper, date)
        by, abstract = self.words.texts["by_authors"], paper.abstract or ""
        if not with_abstract:
            abstract, rest = ("", "") if summary else beginning(abstract)
            by = self.words.texts["by_authors_beginning"] if rest else by
        films = tuple(_film(medium) for medium in (picture, *more) if medium.kind == "video")
        return _Shown(
            title=paper.title,
            address=absolute(urls.paper(paper.id, date)),
            picture=self._picture(picture),
            facts=self._facts(paper, votes),
            lang=summary.lang if summary else "",
            bullets=summary.bullets if summary else [],
            by=summary.by if summary else "",
            abstract=list(filter(None, map(single_line, abstract.split("\n")))),
            abstract_by=by,
            topics=[(topic.name, absolute(urls.topic(topic.slug))) for topic in self._topics(paper)],
            links=self._links(paper, date, elsewhere, films),
            films=films,
        )

    def _facts(self, paper: Paper, votes: str) -> str:
        """Return votes, as given or as last seen, organization, and first authors."""
        if not votes and paper.votes is not None:
            votes = self.words.count("votes", paper.votes)
        given = paper.organization
        organization = cut(single_line(given.title), NAME_CHARS) if given else ""
        names = [cut(single_line(name), NAME_CHARS) for name in paper.authors[:FIRST_AUTHORS]]
        if len(paper.authors) > FIRST_AUTHORS:
            names.append(self.words.text("more_authors", count=len(paper.authors) - FIRST_AUTHORS))
        return " · ".join(filter(None, [votes, organization, ", ".join(filter(None, names))]))

    def _links(
        self, paper: Paper, date: dt.date, elsewhere: Sequence[Link], films: Sequence[Enclosure]
    ) -> list[tuple[str, str]]:
        """Return the links of a paper as text and address; what must not be a link is left to the page."""
        texts = self.words.texts
        links: list[tuple[str, str]] = []
        if paper.is_on_arxiv:
            links += [("arXiv", f"{ARXIV}/abs/{paper.id}"), ("PDF", f"{ARXIV}/pdf/{paper.id}")]
            links.append(("Hugging Face", f"{HUGGING_FACE}/papers/{paper.id}"))
        if paper.github and (code := safe_url(paper.github.url)):
            links.append((texts["code"], code))
        if project := safe_url(paper.project_page):
            links.append((texts["project_page"], project))
        links += [(texts["video"], film.url) for film in films]
        links += [(link.text, link.address) for link in elsewhere if link.address]
        for other in self._draw.shelf.listed.get(paper.id, ()):
            if other != date:
                address = self._draw.absolute(self._draw.urls.paper(paper.id, other))
                links.append((self.words.text("also_listed", date=other), address))
        return links[:LINKS]

    def _picture(self, picture: Medium) -> str:
        """Return a picture that does not move: the site's own copy if it has one."""
        if picture.copy:
            return self._draw.absolute(f"{picture.copy}-640.webp")
        return picture.still if picture.kind in ("video", "animation") else picture.src

    def _topics(self, paper: Paper) -> tuple[Topic, ...]:
        shelf, choose = self._draw.shelf, self.words.choose
        slugs = shelf.topics.get(paper.id, ())
        return tuple(Topic(slug, single_line(choose(shelf.topic_names[slug]))) for slug in slugs)

    def _told(self, paper: Paper) -> dt.datetime:
        """Return when a summary that this language may show was written, long ago if none says."""
        found = (paper.summaries.get(code) for code in (self.language, ABSTRACT_LANGUAGE))
        return max((summary.at for summary in found if summary and summary.at), default=_LONG_AGO)


_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def midnight(date: dt.date) -> dt.datetime:
    """Return the instant at which `date` begins, in UTC."""
    return dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)


def _shortened(paper: Paper) -> Paper:
    """Return `paper` with no more of it than an entry may have, its title as one line."""
    return msgspec.structs.replace(
        paper,
        title=cut(single_line(paper.title), TITLE_CHARS) or paper.id,
        abstract=cut(paper.abstract, ABSTRACT_CHARS) if paper.abstract else None,
        media=paper.media[:MEDIA],
        keywords=(),
        summaries={code: _shortened_summary(summary) for code, summary in paper.summaries.items()},
    )


def _shortened_summary(summary: Summary) -> Summary:
    return msgspec.structs.replace(
        summary, bullets=tuple(cut(bullet, BULLET_CHARS) for bullet in summary.bullets[:BULLETS])
    )


def _authors(paper: Paper) -> tuple[str, ...]:
    return tuple(filter(None, (cut(single_line(name), NAME_CHARS) for name in paper.authors[:AUTHORS])))


def _film(medium: Medium) -> Enclosure:
    return Enclosure(medium.src, _FILM_TYPES.get(file_extension(medium.src), _ANY_FILE))
