"""Entries of feeds in one language: days and papers, with their content, ids and times of change.

Each entry is made once, however many feeds have it. Texts from outside are escaped, cut to a length that feed readers
accept, and cleared of characters that XML cannot contain. Addresses are whole.

An id depends on source, day or paper, and language, not on the site's address: after a site has moved, feed readers do
not show all entries as new. Two archives of one source are mirrors and share their ids.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from daily_papers.index.day_summary import votes_read_on
from daily_papers.model.records import ARXIV, HUGGING_FACE, Day, Paper, Summary, file_extension
from daily_papers.model.text import NAME_CHARS, cut, safe_url, single_line, strip_invisible
from daily_papers.site.components.media import Medium
from daily_papers.site.components.paper_view import ABSTRACT_LANGUAGE, FIRST_AUTHORS, Bullet, Link, beginning
from daily_papers.site.context import SiteContext
from daily_papers.site.feeds.json_feed import Enclosure, Entry, FeedTopic

TITLE_CHARS = 300
ABSTRACT_CHARS = 6_000
BULLETS, BULLET_CHARS = 12, 1_500
MEDIA, LINKS = 8, 12
AUTHORS_CHARS = 20_000
"""The most of each that an entry has: feed readers refuse entries of megabytes.

Another archive may read the feed as its source, so all authors are named. The names of 1,300 have so many characters.
"""

_NAMESPACE = uuid.UUID("0e7c1f5e-52a4-4d0b-9a2e-6d7f0b8f3c11")

# The true types of files; pages name others, which browsers try.
_VIDEO_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "qt": "video/quicktime",
}
_ANY_FILE = "application/octet-stream"


class _PaperContent(msgspec.Struct, frozen=True, gc=False):
    """A paper in the content of an entry, as plain strings."""

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
    videos: tuple[Enclosure, ...]


class Entries:
    """Makes the entries of one site in `language`, a code of the option `languages`."""

    def __init__(self, site: SiteContext, language: str) -> None:
        self.language = language
        self._site = site
        self.messages, self._presenter = site.for_language(language)
        self._papers: dict[str, Entry] = {}

    def id_of(self, *parts: str) -> str:
        """Return the permanent id of an entry or feed in this language."""
        name = "\n".join((self._site.settings.source, self.language, *parts))
        return uuid.uuid5(_NAMESPACE, strip_invisible(name)).urn

    def day(self, day: Day) -> Entry:
        """Return the entry of a date with all its papers, as on its page."""
        messages, seen = self.messages, votes_read_on(day)
        about = [messages.count("papers", len(day.papers)), messages.count("votes", day.votes)]
        if seen:
            about.append(messages.text("votes_seen", date=seen))
        papers = [self._paper_content(paper, day.date, with_abstract=False) for paper in day.ranked]
        first = midnight(day.date)
        return Entry(
            id=self.id_of("day", day.date.isoformat()),
            address=self._site.absolute(self._site.urls.day(day.date)),
            title=messages.date(day.date),
            content=self._render(papers, " · ".join(about)),
            published=first,
            updated=max([first, day.fetched_at or midnight(seen or day.date), *map(self._summarized_at, day.papers)]),
            enclosures=tuple(dict.fromkeys(video for each in papers for video in each.videos)),
            picture=next((each.picture for each in papers if each.picture), ""),
        )

    def paper(self, paper: Paper, date: dt.date) -> Entry:
        """Return the entry of `paper`, which was first listed on `date`."""
        entry = self._papers.get(paper.id)
        if entry is None:
            entry = self._papers[paper.id] = self._paper(paper, date)
        return entry

    def _paper(self, paper: Paper, date: dt.date) -> Entry:
        content = self._paper_content(paper, date, with_abstract=True)
        seen = paper.vote_history[-1][0] if paper.vote_history else date
        published = midnight(date)
        return Entry(
            id=self.id_of("paper", paper.id),
            address=content.address,
            title=content.title,
            content=self._render([content]),
            published=published,
            updated=max(published, midnight(seen), self._summarized_at(paper)),
            authors=_authors(paper),
            topics=self._topics(paper),
            enclosures=content.videos,
            picture=content.picture,
        )

    def settled(self, paper: Paper, date: dt.date, settled: dt.date, votes: int) -> Entry:
        """Return the entry of a settled paper, which stays the same when votes change.

        `settled` is the date it settled, `votes` the number it needed.
        """
        enough = self.messages.text("votes_or_more", count=votes)
        content = self._paper_content(paper, date, with_abstract=True, votes=enough)
        return msgspec.structs.replace(
            self.paper(paper, date),
            id=self.id_of("settled", paper.id),
            content=self._render([content]),
            updated=midnight(settled),
        )

    def _render(self, papers: Sequence[_PaperContent], about: str = "") -> str:
        html = self._site.render("feed_paper.html", papers=papers, about=about)
        return strip_invisible(html.replace("\n", ""))  # one line of HTML, like its texts

    def _paper_content(self, paper: Paper, date: dt.date, *, with_abstract: bool, votes: str = "") -> _PaperContent:
        paper, urls, absolute = _shortened(paper), self._site.urls, self._site.absolute
        picture, more, others = self._presenter.media.pick(paper)
        elsewhere = [self._presenter.media_link(medium) for medium in others]
        summary, _ = self._presenter.summaries(paper, date)
        by, abstract = self.messages.texts["by_authors"], paper.abstract or ""
        if not with_abstract:
            abstract, rest = ("", "") if summary else beginning(abstract)
            by = self.messages.texts["by_authors_beginning"] if rest else by
        videos = tuple(_enclosure(medium) for medium in (picture, *more) if medium.kind == "video")
        return _PaperContent(
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
            links=self._links(paper, date, elsewhere, videos),
            videos=videos,
        )

    def _facts(self, paper: Paper, votes: str) -> str:
        """Return the votes, as given or as last read, the organization, and the first authors."""
        if not votes and paper.votes is not None:
            votes = self.messages.count("votes", paper.votes)
        given = paper.organization
        organization = cut(single_line(given.title), NAME_CHARS) if given else ""
        names = [cut(single_line(name), NAME_CHARS) for name in paper.authors[:FIRST_AUTHORS]]
        if len(paper.authors) > FIRST_AUTHORS:
            names.append(self.messages.text("more_authors", count=len(paper.authors) - FIRST_AUTHORS))
        return " · ".join(filter(None, [votes, organization, ", ".join(filter(None, names))]))

    def _links(
        self, paper: Paper, date: dt.date, elsewhere: Sequence[Link], videos: Sequence[Enclosure]
    ) -> list[tuple[str, str]]:
        """Return the links of a paper as text and address; addresses that are not safe to link are on the page only."""
        texts = self.messages.texts
        links: list[tuple[str, str]] = []
        if paper.is_on_arxiv:
            links += [("arXiv", f"{ARXIV}/abs/{paper.id}"), ("PDF", f"{ARXIV}/pdf/{paper.id}")]
            links.append(("Hugging Face", f"{HUGGING_FACE}/papers/{paper.id}"))
        if paper.github and (code := safe_url(paper.github.url)):
            links.append((texts["code"], code))
        if project := safe_url(paper.project_page):
            links.append((texts["project_page"], project))
        links += [(texts["video"], video.url) for video in videos]
        links += [(link.text, link.address) for link in elsewhere if link.address]
        for other in self._site.index.relisted_dates.get(paper.id, ()):
            if other != date:
                address = self._site.absolute(self._site.urls.paper(paper.id, other))
                links.append((self.messages.text("also_listed", date=other), address))
        return links[:LINKS]

    def _picture(self, picture: Medium) -> str:
        """Return the address of a still picture: the site's own copy if there is one."""
        if picture.copy:
            return self._site.absolute(f"{picture.copy}-640.webp")
        return picture.still if picture.kind in ("video", "animation") else picture.src

    def _topics(self, paper: Paper) -> tuple[FeedTopic, ...]:
        index, choose = self._site.index, self.messages.choose
        slugs = index.topics.get(paper.id, ())
        return tuple(FeedTopic(slug, single_line(choose(index.topic_names[slug]))) for slug in slugs)

    def _summarized_at(self, paper: Paper) -> dt.datetime:
        """Return the time of the newest summary that this language may show; year 1 if it is not known."""
        summaries = (paper.summaries.get(code) for code in (self.language, ABSTRACT_LANGUAGE))
        return max((summary.at for summary in summaries if summary and summary.at), default=_LONG_AGO)


_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def midnight(date: dt.date) -> dt.datetime:
    """Return the instant, in UTC, at which `date` begins."""
    return dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)


def _shortened(paper: Paper) -> Paper:
    """Return `paper` cut to the limits of an entry, with its title as one line."""
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
    names = [cut(single_line(name), NAME_CHARS) for name in paper.authors]
    lengths = accumulate(map(len, names))
    return tuple(name for name, length in zip(names, lengths, strict=True) if name and length <= AUTHORS_CHARS)


def _enclosure(medium: Medium) -> Enclosure:
    return Enclosure(medium.src, _VIDEO_TYPES.get(file_extension(medium.src), _ANY_FILE))
