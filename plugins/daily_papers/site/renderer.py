"""Records into HTML: the inner part of our pages, which a theme's page is put around.

Days and entries go in, strings come out; the same input gives the same bytes. What of a paper is shown is decided in
`view`, the calendar in `calendar`, addresses in `urls`; here they meet the templates, which escape every text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from markupsafe import Markup

from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.day_summary import (
    ALL_HIDDEN,
    NOT_ASKED,
    DateState,
    DaySummary,
    count_days_with_papers,
    sum_papers_and_votes,
    votes_seen,
)
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES, rising, spans, top, within
from daily_papers.model.records import HUGGING_FACE, HUGGING_FACE_SOURCE, Day, Paper
from daily_papers.model.text import cut
from daily_papers.site.assets import SCRIPT, STYLESHEET
from daily_papers.site.cache.render_cache import RenderCache
from daily_papers.site.cache.template_cache import Compiled
from daily_papers.site.components.calendar import make_years
from daily_papers.site.components.issue_link import IssueLinks
from daily_papers.site.components.paper_view import ABSTRACT_LANGUAGE, PaperPresenter
from daily_papers.site.components.ranking_rows import Rows
from daily_papers.site.components.structured_data import collection, territory
from daily_papers.site.i18n.catalog import Messages, interface_language
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.jinja_env import make_environment
from daily_papers.site.page import SitePage
from daily_papers.site.pages.status import STATES, count_states, make_badge, make_status
from daily_papers.site.urls import DAYS_FEED, SETTLED_FEED, SITE_FEEDS, Urls, to_root

THEME_TEMPLATE, FRAME_TEMPLATE = "daily-papers.html", "daily-papers-frame.html"
"""A page of ours, and the frame around it, below `THEME_FOLDER`: a host's theme renders these, not we."""
THEME_FOLDER = Path(__file__).parents[1] / "mkdocs_plugin/theme"

TAB_TITLES = ("home_title", "archive_title", "top_title", "topics_title", "authors_title", "library_title")
"""The keys of what a host names its ways in by."""

HOME_PAPERS = 5
HOME_RANKED = 5
HOME_RISING_DAYS = 7
REASON_CHARS = 400
DESCRIPTION_CHARS = 300

BADGE_STATES: tuple[DateState, ...] = ("failed", "missing", "partial")
"""What a badge names, the worst first."""
LEGEND_STATES: tuple[DateState, ...] = ("moving", "pending", "partial", "failed", "empty", "missing")


# Why a date has no papers to show, by its state; of any other, something is stored that cannot be read.
_PROBLEMS = {"empty": "empty", "moving": "open", "failed": "failed"}
# The reasons of our own, which readers are told in their words.
_REASONS = {NOT_ASKED.reason: "why_not_asked", ALL_HIDDEN.reason: "why_hidden"}


class _Neighbour(msgspec.Struct, frozen=True):
    url: str
    word: Markup
    short: Markup
    full: Markup


class Renderer:
    """Renders the pages of one site.

    The interface is in the first of `languages` that has words, summaries in the first that a paper has. Pictures and
    films are embedded from `media_hosts` only. Mistakes in a summary are reported to `repo_url`, where that is on
    GitHub; `site_url` is the site's own address, `site_name` what it is called. All may be empty. `source` is the
    option; `feeds` tells whether feeds are written, for which a site has to know its address. What need not be drawn
    again is in `drawn`, the code of templates in the folder `compiled`.
    """

    def __init__(
        self,
        *,
        languages: Sequence[str],
        urls: Urls,
        media_hosts: Sequence[str],
        repo_url: str = "",
        site_url: str = "",
        site_name: str = "",
        source: str = HUGGING_FACE_SOURCE,
        feeds: bool = False,
        drawn: RenderCache | None = None,
        compiled: Path | None = None,
    ) -> None:
        self.urls = urls
        self.languages = tuple(dict.fromkeys(languages))
        self.source = source
        self._feeds = feeds
        self._media_hosts = tuple(media_hosts)
        self._repo_url = repo_url
        self._site_url = site_url.rstrip("/") + "/" if site_url else ""
        self.site_name = site_name
        is_hugging_face = source == HUGGING_FACE_SOURCE
        self.interface = MultilingualMessages(languages, of_feed=not is_hugging_face)
        self.words = self.interface.first
        question = self.words.texts["report_question"]
        self._viewer = PaperPresenter(
            languages=languages,
            media_hosts=media_hosts,
            words=self.interface,
            reporter=IssueLinks(repo_url=repo_url, site_url=site_url, urls=urls, question=question),
            urls=urls,
        )
        self.rows = Rows(urls, self.interface)
        self.search_parts: tuple[str, ...] = ()
        """The bundles of the search index; none where nothing can be looked for."""
        self.search_in_page = False
        """Whether the box stands on our own pages, where a theme's header has no place for it."""
        self.drawn = drawn or RenderCache()
        made_of = f"{self.drawn.program.hex()} {self.languages} {is_hugging_face}"
        self.compiled = Compiled(compiled, made_of) if compiled else None
        self._env = make_environment(
            {
                "t": self.interface.texts,
                "words": self.interface,
                "named": self.interface.named,
                "tab_titles": TAB_TITLES,
                "urls": urls,
                "legend_states": LEGEND_STATES,
                "weekdays": self.interface.weekdays(),
                "hugging_face": HUGGING_FACE if is_hugging_face else "",
                "feeds": self.feeds,
                "page_search": lambda root: self.search_box(root) if self.search_parts and self.search_in_page else "",
            },
            self.compiled,
        )

    @property
    def shelf(self) -> ArchiveIndex:
        """The archive that pages are drawn of; whoever has read it puts it here before the first page."""
        return self._viewer.shelf

    @shelf.setter
    def shelf(self, shelf: ArchiveIndex) -> None:
        self._viewer.shelf = shelf

    @property
    def has_feeds(self) -> bool:
        """Whether the site has feeds: they are wanted, there is something to tell, and whole addresses can be made."""
        return self._feeds and bool(self._site_url and self.shelf.days)

    def feeds(self) -> list[tuple[Messages, str]]:
        """Return, for each language of the interface, its words and by which code `Urls.feed` knows its feeds.

        Empty where the site has no feeds. A language without words of its own shares another's interface.
        """
        if not self.has_feeds:
            return []
        codes: dict[str, str] = {}
        for place, code in enumerate(self.languages):
            codes.setdefault(interface_language(code), code if place else "")
        return [(words, codes[words.language]) for words in self.interface.all]

    def site_feeds(self) -> tuple[str, ...]:
        """Return what `Urls.feed` knows the feeds of the whole site by; only papers of Hugging Face have votes."""
        return tuple(name for name in SITE_FEEDS if name != SETTLED_FEED or self.source == HUGGING_FACE_SOURCE)

    def for_language(self, language: str) -> tuple[Messages, PaperPresenter]:
        """Return the words of `language`, and what shows papers in it alone, for what is read elsewhere than here.

        What has no summary in it may have one in English.
        """
        interface = MultilingualMessages([language], of_feed=self.source != HUGGING_FACE_SOURCE)
        viewer = PaperPresenter(
            languages=tuple(dict.fromkeys((language, ABSTRACT_LANGUAGE))),
            media_hosts=self._media_hosts,
            words=interface,
            reporter=IssueLinks(repo_url="", site_url="", urls=self.urls, question=""),
            urls=self.urls,
        )
        viewer.shelf, viewer.media.copies = self.shelf, self._viewer.media.copies
        return interface.first, viewer

    def use_mirror(self, copies: Mapping[str, str]) -> None:
        """Show the copies of thumbnails, by address, that lie at these places below the archive."""
        self._viewer.media.copies = {url: self.urls.below(stem) for url, stem in copies.items()}

    def start(self) -> None:
        """Be ready to draw, now that the shelf is put up and it is known what is searched."""
        searched = self.search_parts if self.search_in_page else ()
        settings = (self.languages, self.urls, self.source, self._media_hosts, self._repo_url, self._site_url)
        told = (*settings, self.site_name, self.has_feeds, searched)
        self.drawn.place(self.shelf, self._viewer.media.copies, told)

    def day(self, day: Day, entry: DaySummary, *, previous: dt.date | None, next: dt.date | None) -> str:
        """Return the page of a stored day; `previous` and `next` are the nearest dates that have a page."""
        if not day.papers:
            return self._notice(entry, "empty", previous, next)
        root = to_root(self.urls.day(day.date))
        return self.render(
            "day.html",
            **self._head(entry, root, previous, next),
            **self._papers(day, day.ranked, root),
            anchor="",
            data=self._day_data(day),
        )

    def unreadable_day(self, entry: DaySummary, *, previous: dt.date | None, next: dt.date | None) -> str:
        """Return the page of a date of which no day can be shown, saying why and where to go from there."""
        kind = "hidden" if entry.reason == ALL_HIDDEN.reason else _PROBLEMS.get(entry.state, "unreadable")
        return self._notice(entry, kind, previous, next)

    def home(self, newest: Day | None) -> str:
        """Return the first page: the newest day's first papers and the calendar of its year."""
        entries = self.shelf.dates
        root = to_root(self.urls.home())
        if newest is None:
            years = make_years(entries, self.urls, self.interface)
            return self.render("home_empty.html", root=root, years=years[:1])
        entry = next(entry for entry in entries if entry.date == newest.date)
        earlier = max((other.date for other in entries if other.papers and other.date < newest.date), default=None)
        address = root + self.urls.day(newest.date)
        same_year = [entry for entry in entries if entry.date.year == newest.date.year]
        return self.render(
            "home.html",
            **self._head(entry, root, earlier, None),
            **self._papers(newest, newest.ranked[:HOME_PAPERS], root),
            anchor=address,
            data="",
            day_address=address,
            years=make_years(same_year, self.urls, self.interface),
            **self._best(newest.date),
        )

    def _best(self, newest: dt.date) -> dict[str, object]:
        """Return what rose in the last week votes were read in, and the best of the newest month."""
        counted, seen = self.shelf.counted, self.shelf.seen
        risen = rising(counted, seen, HOME_RANKED, HOME_RISING_DAYS) if seen else []
        return {
            "risen": self.rows.gains(risen),
            "risen_until": seen,
            "rising_days": HOME_RISING_DAYS,
            "best": self.rows.make(top(within(counted, *spans(newest)["month"]), HOME_RANKED)),
        }

    def archive(self, entries: Sequence[DaySummary]) -> str:
        """Return every year as a calendar, newest first."""
        return self.render(
            "archive.html",
            root=to_root(self.urls.archive()),
            years=make_years(entries, self.urls, self.interface),
            site_feeds=self.site_feeds() if self.has_feeds else (),
            settled=(SETTLED_DAYS, SETTLED_VOTES),
        )

    def status(self, dates: Sequence[DaySummary]) -> str:
        """Return the page on how complete the archive is, of every date there should be."""
        status = make_status(dates)
        return self.render(
            "status.html",
            root=to_root(self.urls.status()),
            status=status,
            states=STATES,
            newest=dates[-1].date if dates else None,
            reasons={entry.date: cut(entry.reason or "", REASON_CHARS) for entry in status.failed},
            whys={entry.date: self._why(entry) for entry in status.partial},
        )

    def badge(self, dates: Sequence[DaySummary]) -> str:
        """Return a small picture for a README that says how complete the archive is."""
        counts = count_states(dates)
        worst = next((state for state in BADGE_STATES if counts[state]), None)
        days = self.words.count("days", count_days_with_papers(dates))
        how = f"{counts[worst]} {self.words.texts[f'state_{worst}']}" if worst else self.words.texts["state_complete"]
        badge = make_badge(dates, self.words.texts["badge"], f"{days}, {how}")
        return self.render("status_badge.svg", badge=badge)

    def day_title(self, date: dt.date) -> str:
        return self.words.date(date)

    def day_description(self, entry: DaySummary) -> str:
        """Return a sentence on the day for its `<meta name=description>`."""
        text = self.words.text(
            "day_description",
            date=self.words.date(entry.date),
            papers=self.words.count("papers", entry.papers),
            votes=self.words.count("votes", entry.votes),
            best=entry.best or self.words.texts[f"state_{entry.state}"],
        )
        return cut(text, DESCRIPTION_CHARS)

    def home_description(self, newest: Day | None) -> str:
        if newest is None:
            return self.words.texts["home_description_empty"]
        return self.words.text("home_description", date=self.words.date(newest.date))

    def archive_description(self, entries: Sequence[DaySummary]) -> str:
        return self.words.text(
            "archive_description",
            days=self.words.count("days", count_days_with_papers(entries)),
            papers=self.words.count("papers", sum_papers_and_votes(entries)[0]),
        )

    def status_description(self, dates: Sequence[DaySummary]) -> str:
        counts = make_status(dates).counts
        return " · ".join(f"{self.words.texts[f'state_{state}']} {count}" for state, count in counts)

    def day_head(
        self, date: dt.date, *, previous: dt.date | None, next: dt.date | None, has_twins: bool = True
    ) -> Callable[[], str]:
        """Return what gives a date's addition to the head; `has_twins` is False for a date without a stored day."""
        links = []
        if has_twins:
            links.append(("alternate", self.urls.day_json(date), "application/json"))
            links.append(("alternate", self.urls.day_markdown(date), "text/markdown"))
        if previous:
            links.append(("prev", self.urls.day(previous), ""))
        if next:
            links.append(("next", self.urls.day(next), ""))
        return self.page_head(self.urls.day(date), links, feed=DAYS_FEED)

    def page_head(
        self, url: str, links: Sequence[tuple[str, str, str]] = (), *, feed: str = "", feed_name: str = ""
    ) -> Callable[[], str]:
        """Return what gives the links, as rel, address and type, and the scripts of the page at `url`.

        `feed` is what `Urls.feed` knows the page's feed by, empty if it has none; `feed_name` what it is of, empty for
        the whole site.
        """
        title = f"{feed_name} · {self.site_name}" if feed_name else self.site_name
        return lambda: self.render(
            "page_head.html",
            root=to_root(url),
            stylesheet=self.urls.asset(STYLESHEET),
            links=links,
            feed_links=[
                (self.urls.feed(feed, code), f"{title} ({words.texts['language_name']})")
                for words, code in (self.feeds() if feed else ())
            ],
            script=self.urls.asset(SCRIPT),
        )

    def card(self, page: SitePage, url: str) -> str:
        """Return what the head of `page`, at `url`, says to those who show a card for a link to it."""
        return self.render(
            "social_card.html",
            page=page,
            url=self.absolute(url),
            site_name=self.site_name,
            locales=[territory(words.language) for words in self.interface.all],
        )

    def topic(self, slug: str) -> Markup:
        """Return the name of a topic, in every language."""
        return self.interface.names(self.shelf.topic_names[slug])

    def absolute(self, url: str) -> str:
        """Return the whole address of what lies at `url`, empty where the site does not know its own."""
        return self._site_url + url if self._site_url else ""

    def day_image(self, day: Day) -> str:
        """Return the picture of the first paper that has one, by the day's own ranking."""
        return next(filter(None, map(self._viewer.media.still, day.ranked)), "")

    def search_box(self, root: str) -> str:
        """Return the box that leads to the search, as HTML; `root` is the way to the site's root."""
        return self.render("search_box.html", root=root, search_parts=self.search_parts)

    def small_picture(self, paper: Paper) -> str:
        """Return the address of the thumbnail of `paper`, below the root or of a known host; empty if it has none."""
        return self._viewer.media.small(paper)

    def _day_data(self, day: Day) -> Markup:
        papers = [
            (paper, self.absolute(self.urls.paper(paper.id, day.date)), self._viewer.media.still(paper))
            for paper in day.ranked
        ]
        return collection(
            self.day_title(day.date), self.absolute(self.urls.day(day.date)), day.date, self.words.language, papers
        )

    def render(self, template: str, **values: object) -> str:
        return self._env.get_template(template).render(values)

    def _notice(self, entry: DaySummary, kind: str, previous: dt.date | None, next: dt.date | None) -> str:
        """Return the page of a date without papers; `kind` names the texts that say why."""
        return self.render(
            "day_notice.html",
            **self._head(entry, to_root(self.urls.day(entry.date)), previous, next),
            problem=(f"{kind}_day_title", f"{kind}_day"),
            papers=[],
            twins=[],
            seen="",
        )

    def _papers(self, day: Day, papers: Sequence[Paper], root: str) -> dict[str, object]:
        """Return what a page of `papers` says beside its head."""
        return {
            "papers": [self._viewer.view(paper, day.date) for paper in papers],
            "places": {paper.id: place for place, paper in enumerate(day.papers)},
            "jump": root + self.urls.jump(),
            "seen": self._seen(day),
            "seen_on": votes_seen(day),
            "twins": self._twins(day, root),
        }

    def _head(self, entry: DaySummary, root: str, previous: dt.date | None, next: dt.date | None) -> dict[str, object]:
        """Return what the head of a day says, whether its papers can be shown or not."""
        return {
            "root": root,
            "archive": root + self.urls.archive(),
            "entry": entry,
            "previous": self._neighbour("previous_day", root, previous),
            "next": self._neighbour("next_day", root, next),
            "why": self._why(entry),
            "reason": cut(entry.reason, REASON_CHARS) if entry.reason and entry.reason not in _REASONS else "",
        }

    def _why(self, entry: DaySummary) -> Markup:
        """Return what the state of a date means, in the reader's words."""
        if key := _REASONS.get(entry.reason or ""):
            return self.interface.texts[key]
        if entry.rejected:
            return self.interface.count("rejected", entry.rejected)
        if entry.state == "failed":
            why = self.interface.texts["why_failed_again" if entry.papers else "why_failed"]
            return why + " " + self.interface.text("tried", date=entry.tried) if entry.tried else why
        if entry.state == "moving" and not entry.papers:
            return self.interface.texts["why_open"]
        return self.interface.texts[f"why_{entry.state}"]

    def _neighbour(self, key: str, root: str, date: dt.date | None) -> _Neighbour | None:
        if date is None:
            return None
        words = self.interface
        return _Neighbour(root + self.urls.day(date), words.texts[key], words.date(date, "short"), words.date(date))

    def _twins(self, day: Day, root: str) -> list[tuple[str, str, str]]:
        """Return the twins as address, name and the key of what they are."""
        return [
            (root + self.urls.day_json(day.date), "JSON", "record"),
            (root + self.urls.day_markdown(day.date), "Markdown", "digest"),
        ]

    def _seen(self, day: Day) -> Markup:
        date = votes_seen(day)
        if date is None:
            return self.interface.texts["votes_unseen"]
        return self.interface.text("votes_seen", date=date)
