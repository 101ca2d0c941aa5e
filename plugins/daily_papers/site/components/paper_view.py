"""View of a paper: the summary, links and cut texts that a page shows. `media` selects its picture.

Strings of a PaperView are plain and escaped by the templates; Markup is text of the interface. Every address in a view
is safe to link to. A day has up to a hundred papers and a site thousands of days: a view takes few passes over short
strings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from markupsafe import Markup, escape

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.organizations import slug_of, slugs_with_page
from daily_papers.model.records import ARXIV, Day, Media, Paper, Summary
from daily_papers.model.text import NAME_CHARS, cut, safe_url, single_line
from daily_papers.site.components.charts import Chart, draw_sparkline
from daily_papers.site.components.coins import citation_attributes
from daily_papers.site.components.issue_link import IssueLinks
from daily_papers.site.components.media import MediaSelector, Medium
from daily_papers.site.i18n.catalog import language_name
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls

ABSTRACT_LANGUAGE = "en"

FIRST_AUTHORS = 3
CARD_TITLE_CHARS = 140
ABSTRACT_SENTENCES = 3
ABSTRACT_CHARS = 560
"""The longest beginning of an abstract. A shorter abstract is shown in full."""
TONES = 12
MIN_TREND = 3
"""A sparkline needs that many readings of votes."""

_LABEL = re.compile(r"(\*\*\*?)(?=\S)([^*]{1,80}?)\1:(?:\s+|$)")
# The punctuation comes first, so that the search skips from one to the next; then the abbreviations it may not end.
_SENTENCE_END = re.compile(r"[.!?](?<!\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bet al\.)(?<!\bvs\.)[\"')\]]*\s+(?=\S)")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


class Link(msgspec.Struct, frozen=True, gc=False):
    """A link; `address` is empty if `text` must not be one."""

    text: Markup
    address: str


class Bullet(msgspec.Struct, frozen=True, gc=False):
    label: str
    text: str


class SummaryView(msgspec.Struct, frozen=True, gc=False):
    lang: str
    """A language tag; empty if the record's is not valid."""
    name: str
    by: Markup
    """Its kind and author, and its language if that is not the interface's."""
    report: str
    """The address for reports of mistakes; empty if there is none."""
    bullets: list[Bullet]


class PaperView(msgspec.Struct, frozen=True, gc=False):
    """Everything a page shows of a paper. Absent texts are empty strings."""

    id: str
    title: str
    page: str
    """The address of its page, relative to the site's root."""
    pinned: bool
    card_title: str
    address: str
    """The target of the title's link."""
    tone: int
    picture: Medium
    more: list[Medium]
    votes: str
    authors: str
    """The first authors, as one text."""
    first_author: str
    folded: str
    """The authors between the first ones and the last."""
    more_authors: Markup
    """Their number."""
    last_author: str
    organization: str
    keywords: str
    summary: SummaryView | None
    abstract: str
    rest: str
    """The abstract after its beginning; only if the abstract replaces a summary."""
    abstract_by: Markup
    """The kind and author of the abstract, like `by` of a summary."""
    others: list[SummaryView]
    shown: list[SummaryView]
    """The summaries in the site's languages, of which a reader sees one; else `summary`."""
    arxiv: bool
    has_video: bool
    """True if a video is embedded, not only linked to; it is then the picture."""
    code: str
    stars: str
    links: list[Link]
    also: list[Link]
    """The paper on the other dates that list it, relative to the site's root."""
    topics: list[Link]
    slugs: str
    """The slugs of its topics, separated by spaces."""
    organization_slug: str
    vote_count: int
    """The votes, to sort by; 0 if they are unknown."""
    rise: int
    """The votes gained since they were first read."""
    related: list[Link]
    """Earlier papers, relative to the site's root."""
    trend: Chart | None
    """A sparkline of its votes; None for fewer than MIN_TREND readings."""
    trend_text: Markup
    citation: Markup
    """The attributes of its span for reference managers."""


class PaperPresenter:
    """Makes the views of papers for one site, whose archive is `index`."""

    def __init__(
        self,
        index: ArchiveIndex,
        *,
        languages: Sequence[str],
        media: MediaSelector,
        messages: MultilingualMessages,
        issues: IssueLinks,
        urls: Urls,
    ) -> None:
        self.media = media
        self._index = index
        self._urls = urls
        self._language_order = {code: position for position, code in enumerate(languages)}
        self._issues = issues
        self._messages = messages
        self._topics: dict[str, Link] = {}
        self._with_page: set[str] | None = None
        self._by: dict[tuple[str, str], Markup] = {}
        self._abstract_by = [
            self._in_language(messages.texts[key], ABSTRACT_LANGUAGE) for key in ("by_authors", "by_authors_beginning")
        ]

    def view(self, paper: Paper, date: dt.date) -> PaperView:
        """Return the view of `paper` on the page of `date`."""
        picture, more, elsewhere = self.media.pick(paper)
        authors = cut_all(paper.authors)
        folded = authors[FIRST_AUTHORS:-1]
        summary, others = self.summaries(paper, date)
        abstract, rest = paper.abstract or "", ""
        if abstract and not summary:
            abstract, rest = beginning(abstract)
        topics = self._index.topics.get(paper.id, ())
        trend = self._trend(paper)
        address = _title_address(paper)
        return PaperView(
            id=paper.id,
            title=paper.title,
            page=self._urls.paper_page(paper.id),
            pinned=paper.pinned,
            card_title=cut(paper.title, CARD_TITLE_CHARS),
            address=address,
            tone=sum(paper.id.encode()) % TONES,
            picture=picture,
            more=more,
            votes="" if paper.votes is None else self._messages.number(paper.votes),
            first_author="".join(authors[:1]),
            authors=", ".join(authors[1:FIRST_AUTHORS]),
            folded=", ".join(folded),
            more_authors=self._messages.text("more_authors", count=len(folded)) if folded else _NOTHING,
            last_author="".join(authors[FIRST_AUTHORS:][-1:]),
            organization=cut(paper.organization.title, NAME_CHARS) if paper.organization else "",
            keywords=" · ".join(cut_all(paper.keywords)),
            summary=summary,
            abstract=abstract,
            rest=rest,
            abstract_by=self._abstract_by[bool(rest)],
            others=others,
            shown=self._shown(summary, others),
            arxiv=paper.is_on_arxiv,
            has_video=picture.kind == "video",
            code=_code_address(paper),
            stars=self._stars(paper),
            links=self._links(paper, elsewhere),
            also=[self._also(paper, other) for other in self._index.relisted_dates.get(paper.id, ()) if other != date],
            topics=[self._topic(slug) for slug in topics],
            slugs=" ".join(topics),
            organization_slug=self._organization(paper),
            vote_count=paper.votes or 0,
            rise=rise(paper),
            related=self._related(paper),
            trend=trend,
            trend_text=self._trend_text(paper) if trend else _NOTHING,
            citation=citation_attributes(paper, authors, date, address),
        )

    def _links(self, paper: Paper, elsewhere: Sequence[Media]) -> list[Link]:
        """Return the links below a paper: media on other hosts, code that cannot be linked, and the project page."""
        links = [self.media_link(medium) for medium in elsewhere]
        if paper.github and not _code_address(paper):
            links.append(self._unlinked("code", paper.github.url))
        if project_page := safe_url(paper.project_page):
            links.append(Link(self._messages.texts["project_page"], project_page))
        elif paper.project_page:
            links.append(self._unlinked("project_page", paper.project_page))
        return links

    def _stars(self, paper: Paper) -> str:
        return self._messages.number(paper.github.stars) if paper.github and paper.github.stars else ""

    def _trend(self, paper: Paper) -> Chart | None:
        return draw_sparkline(paper.vote_history) if len(paper.vote_history) >= MIN_TREND else None

    def day_image(self, day: Day) -> str:
        """Return the address of the first picture of `day`, in its ranking; empty if there is none."""
        return next(filter(None, map(self.media.still, day.ranked)), "")

    def _also(self, paper: Paper, date: dt.date) -> Link:
        return Link(self._messages.text("also_listed", date=date), self._urls.paper(paper.id, date))

    def _topic(self, slug: str) -> Link:
        link = self._topics.get(slug)
        if link is None:
            link = Link(self._messages.names(self._index.topic_names[slug]), self._urls.topic(slug))
            self._topics[slug] = link
        return link

    def _related(self, paper: Paper) -> list[Link]:
        ids = self._index.related.get(paper.id)
        if not ids:
            return []
        first = self._index.first_listings
        return [Link(escape(first[other][1]), self._urls.paper_page(other)) for other in ids if other in first]

    def _organization(self, paper: Paper) -> str:
        """Return the slug of the paper's organization; empty if the organization has no page."""
        if self._with_page is None:
            self._with_page = slugs_with_page(self._index.primary_listings)
        slug = slug_of(paper)
        return slug if slug in self._with_page else ""

    def _trend_text(self, paper: Paper) -> Markup:
        return self._messages.each(
            lambda words: ", ".join(
                words.text("votes_on", votes=words.number(votes), date=date) for date, votes in paper.vote_history
            )
        )

    def media_link(self, medium: Media) -> Link:
        kind = "picture" if medium.kind == "image" else medium.kind
        url = safe_url(medium.url)
        if url is None:
            return self._unlinked(kind, medium.url)
        host = urlsplit(url).hostname or ""
        return Link(self._messages.each(lambda words: words.text("elsewhere", what=words.texts[kind], host=host)), url)

    def _unlinked(self, what: str, address: str) -> Link:
        text = cut(address.strip(), NAME_CHARS)
        return Link(
            self._messages.each(lambda words: words.text("not_linked", what=words.texts[what], address=text)), ""
        )

    def summaries(self, paper: Paper, date: dt.date) -> tuple[SummaryView | None, list[SummaryView]]:
        """Return the summary to show, None if the abstract is shown, and the other summaries that are not empty.

        The order is: bullets in the site's languages, Hugging Face's one sentence, the abstract, bullets in other
        languages.
        """
        if not paper.summaries:
            return None, []
        by_priority = sorted(paper.summaries.items(), key=self._priority)
        candidates = [(self._priority(entry), self._summary(paper, date, *entry)) for entry in by_priority]
        found = [(priority, view) for priority, view in candidates if any(bullet.text for bullet in view.bullets)]
        views = [view for _, view in found]
        is_above_abstract = found and (not found[0][0][0] or not paper.abstract)
        return (views[0], views[1:]) if is_above_abstract else (None, views)

    def _shown(self, summary: SummaryView | None, others: list[SummaryView]) -> list[SummaryView]:
        """Return the summaries in the site's languages, in their order; without any, `summary`."""
        views = [view for view in (summary, *others) if view and view.lang in self._language_order]
        return sorted(views, key=lambda view: self._language_order[view.lang]) or [*filter(None, (summary,))]

    def _priority(self, entry: tuple[str, Summary]) -> tuple[bool, bool, int]:
        """Return the sort key of a summary: below the abstract, one sentence, position of its language."""
        code, summary = entry
        is_sentence = summary.by == "huggingface"
        return code not in self._language_order and not is_sentence, is_sentence, self._language_order.get(code, 0)

    def _summary(self, paper: Paper, date: dt.date, code: str, summary: Summary) -> SummaryView:
        by = self._by.get((code, summary.by))
        if by is None:
            by = self._by[code, summary.by] = self._by_line(code, summary.by)
        return SummaryView(
            lang=code if _LANGUAGE_TAG.fullmatch(code) else "",
            name=language_name(code[:NAME_CHARS]),
            by=by,
            report=self._issues.address(date, paper, code, summary),
            bullets=[split_label(line) for text in summary.bullets if (line := single_line(text))],
        )

    def _by_line(self, code: str, by: str) -> Markup:
        key = _BY_KEYS.get(by)
        line = (
            self._messages.texts[key]
            if key
            else self._messages.text("by_model", model=cut(single_line(by), NAME_CHARS))
        )
        return self._in_language(line, code)

    def _in_language(self, line: Markup, code: str) -> Markup:
        return line if code == self._messages.language else line + " · " + language_name(code[:NAME_CHARS])


_NOTHING = Markup()
_BY_KEYS = {
    "huggingface": "by_huggingface",
    "mkdocs-daily-papers": "by_archive",
    "hand": "by_hand",
    "digest": "by_digest",
}


def _title_address(paper: Paper) -> str:
    """Return the target of the title's link: arXiv, else the project page; empty if there is none."""
    return f"{ARXIV}/abs/{paper.id}" if paper.is_on_arxiv else safe_url(paper.project_page) or ""


def _code_address(paper: Paper) -> str:
    """Return the address of the paper's code; empty if there is none, or none that is safe to link to."""
    return (safe_url(paper.github.url) or "") if paper.github else ""


def split_label(text: str) -> Bullet:
    """Return a bullet split into its label (`**L**: ` or `***L***: ` at its start) and its text.

    No other mark means anything: `**` elsewhere stays unchanged.
    """
    found = _LABEL.match(text) if text.startswith("**") else None
    label, rest = (found[2], text[found.end() :]) if found else ("", text)
    return Bullet(label, rest)


def rise(paper: Paper) -> int:
    """Return the votes a paper gained since they were first read."""
    return paper.vote_history[-1][1] - paper.vote_history[0][1] if paper.vote_history else 0


def beginning(abstract: str) -> tuple[str, str]:
    """Return the first sentences of `abstract` and the rest; the rest is empty for a short abstract."""
    if len(abstract) <= ABSTRACT_CHARS:
        return abstract, ""
    end = 0
    for count, found in enumerate(_SENTENCE_END.finditer(abstract, 0, ABSTRACT_CHARS), start=1):
        end = found.end()
        if count == ABSTRACT_SENTENCES:
            break
    # One endless sentence, or none that ends: the last whole word.
    end = end or abstract.rfind(" ", 0, ABSTRACT_CHARS) + 1 or ABSTRACT_CHARS
    return abstract[:end].rstrip(), abstract[end:]


def cut_all(texts: Sequence[str]) -> Sequence[str]:
    """Return `texts`, each cut to NAME_CHARS."""
    return [cut(text, NAME_CHARS) for text in texts] if texts and max(map(len, texts)) > NAME_CHARS else texts
