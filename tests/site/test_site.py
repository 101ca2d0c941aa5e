"""Pages: what of a record is shown and how, that text stays text, and whole pages against golden files.

A golden case is a folder of tests/golden: `day.json` (a record) or `entry.json` (a date without one), and the page it
must give. After a wanted change, rewrite them and read the difference:

    WRITE_GOLDEN=1 pytest tests/test_pages.py -k golden && git diff tests/golden
"""

from __future__ import annotations

import datetime as dt
import os
import posixpath
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from daily_papers.site.renderer import Renderer
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daily_papers.archive.ledger import LedgerEntry, State
from daily_papers.index.archive_index import ArchiveIndex
from daily_papers.index.day_summary import ALL_HIDDEN, DaySummary, summarize_day, summarize_unstored_date
from daily_papers.model.records import Day, Github, Media, Organization, Paper, Summary
from daily_papers.model.text import NAME_CHARS
from daily_papers.site import assets
from daily_papers.site.components.calendar import make_years, tone_steps
from daily_papers.site.components.issue_link import IssueLinks
from daily_papers.site.components.paper_view import ABSTRACT_CHARS, PaperPresenter, PaperView, beginning, split_label
from daily_papers.site.i18n import catalog
from daily_papers.site.i18n.catalog import Messages
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls

GOLDEN = Path(__file__).parent / "golden"
HOSTS = ("cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co")
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2402.00010.png"
UPLOADS = "https://cdn-uploads.huggingface.co/production/uploads"
DATE = dt.date(2024, 3, 1)
COMPLETE = LedgerEntry(state="complete")

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg onload=alert(1)>",
    "<!-- --><!--",
    "&lt;b&gt; &#60;i&#62;",
    "{{ config }} {% raw %} {# x #}",
    '--8<-- "/etc/passwd"',
    "# x\n- x\n    x",
    "T {: onclick=alert(1) }",
    "[a](javascript:alert(1)) ![b](x)",
    "<think> P(y|x) $1 … $2 [IDK]",
]


def renderer(*languages: str, urls: Urls | None = None) -> Renderer:
    return Renderer(languages=languages or ("ko", "en"), urls=urls or Urls(), media_hosts=HOSTS)


def a_day(*papers: Paper) -> Day:
    return Day(date=DATE, source="huggingface", fetched_at=dt.datetime(2024, 3, 8, 3, tzinfo=dt.UTC), papers=papers)


def day_page(*papers: Paper, languages: Sequence[str] = ("ko", "en")) -> str:
    day = a_day(*papers)
    return renderer(*languages).day(
        day, summarize_day(day, COMPLETE), previous=dt.date(2024, 2, 29), next=dt.date(2024, 3, 4)
    )


def parse(html: str) -> LexborHTMLParser:
    """Return `html` as one who has chosen no language reads it: of each text, what is in the site's first one."""
    page = LexborHTMLParser(html)
    if root := page.css_first(".dp"):
        for other in page.css(f'dp-w:not([lang="{root.attributes["lang"]}"])'):
            other.decompose()
    return page


def view(paper: Paper, *languages: str) -> PaperView:
    nowhere = IssueLinks(repo_url="", site_url="", urls=Urls(), question="")
    viewer = PaperPresenter(
        languages=languages or ("ko", "en"),
        media_hosts=HOSTS,
        words=MultilingualMessages(["en"]),
        reporter=nowhere,
        urls=Urls(),
    )
    return viewer.view(paper, DATE)


def image(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="image")


def film(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="video")


def animation(name: str) -> Media:
    return Media(url=f"{UPLOADS}/{name}", kind="animation")


class TestWhichPicture:
    def test_a_film_comes_before_a_picture_and_a_picture_before_one_that_moves(self) -> None:
        everything = (animation("a.gif"), image("b.png"), image("c.png"), film("d.mp4"))
        seen = view(Paper(id="2402.00010", title="t", thumbnail=THUMBNAIL, media=everything))
        assert (seen.picture.kind, seen.picture.src) == ("video", f"{UPLOADS}/d.mp4")
        assert [medium.kind for medium in seen.more] == ["animation", "image", "image"]
        assert view(Paper(id="2402.00010", title="t", media=everything[:3])).picture.src.endswith("b.png")
        assert view(Paper(id="2402.00010", title="t", media=everything[:1])).picture.kind == "animation"

    def test_the_thumbnail_stands_in_and_nothing_is_a_drawn_card(self) -> None:
        assert view(Paper(id="2402.00010", title="t", thumbnail=THUMBNAIL)).picture.kind == "thumbnail"
        assert view(Paper(id="2402.00010", title="t")).picture.kind == "none"

    @pytest.mark.parametrize(
        ("name", "type_", "beside"),
        [
            ("a.mp4", "video/mp4", False),
            ("a.webm", "video/webm", False),
            ("a.qt", "video/mp4", True),
            ("a.MOV", "video/mp4", True),
            ("a.ogv", "", False),
        ],
    )
    def test_quicktime_is_tried_as_mp4_with_a_link_beside_it(self, name: str, type_: str, beside: bool) -> None:
        picture = view(Paper(id="2402.00010", title="t", media=(film(name),))).picture
        assert (picture.type, picture.beside) == (type_, beside)

    @pytest.mark.fault(33)
    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/a.png",
            "http://cdn-uploads.huggingface.co/a.png",
            "https://cdn-uploads.huggingface.co.evil.example/a.png",
            "https://cdn-uploads.huggingface.co@evil.example/a.png",
            "https://cdn-uploads.huggingface.co:8443/a.png",
        ],
    )
    def test_what_is_not_on_a_known_host_is_not_embedded(self, url: str) -> None:
        html = day_page(Paper(id="2402.00010", title="t", thumbnail=url, media=(Media(url=url, kind="image"),)))
        assert not parse(html).css("img, video, source")

    def test_what_is_elsewhere_but_safe_becomes_a_link(self) -> None:
        paper = Paper(id="2402.00010", title="t", media=(Media(url="https://other.example/a.mp4", kind="video"),))
        assert [(link.text, link.address) for link in view(paper).links] == [
            ("Video on other.example", "https://other.example/a.mp4")
        ]

    def test_nothing_loads_before_it_is_near_and_nothing_plays_or_moves_by_itself(self) -> None:
        page = parse(
            day_page(
                Paper(id="2402.00010", title="t", thumbnail=THUMBNAIL, media=(film("a.mp4"), image("b.png"))),
                Paper(id="2402.00020", title="t", thumbnail=THUMBNAIL, media=(animation("a.gif"),)),
            )
        )
        assert page.css("img")
        first, *others = page.css("img")
        assert first.attributes["fetchpriority"] == "high"
        for picture in page.css("img"):
            assert picture.attributes.get("loading") == ("lazy" if picture in others else None)
            assert picture.attributes["alt"] == ""
            assert not (picture.attributes["src"] or "").endswith(".gif")
        for video in page.css("video"):
            assert set(video.attributes) == {"controls", "muted", "playsinline", "preload", "aria-label"}
            assert video.attributes["preload"] == "none"

    def test_a_film_without_a_thumbnail_brings_no_picture(self) -> None:
        page = parse(day_page(Paper(id="2402.00010", title="t", media=(film("a.mp4"),))))
        assert (len(page.css("img")), len(page.css("video"))) == (0, 1)


class TestWhatIsWritten:
    def test_bullets_are_in_the_first_language_a_paper_has_and_the_rest_is_folded(self) -> None:
        summaries = {
            "en": Summary(bullets=("in English",), by="huggingface"),
            "ko": Summary(bullets=("한국어로",), by="gpt-4o"),
        }
        paper = Paper(id="2402.00010", title="t", abstract="The abstract.", summaries=summaries)
        page = parse(day_page(paper))
        shown, folded = page.css("ul.dp-bullets")
        assert (shown.attributes["lang"], shown.text(strip=True)) == ("ko", "한국어로")
        assert (folded.attributes["lang"], folded.text(strip=True)) == ("en", "in English")
        assert is_folded(folded)
        assert is_folded(only(page, ".dp-abstract"))

    @pytest.mark.parametrize(
        ("summaries", "languages", "by", "lang", "folded"),
        [
            ({"en": "huggingface", "ko": "gpt-4o"}, "ko en", "gpt-4o 요약", "ko", ["en"]),
            ({"en": "huggingface", "ko": "gpt-4o"}, "en ko", "Summary by gpt-4o · 한국어", "ko", ["en"]),
            ({"en": "digest", "ko": "hand"}, "ko en", "직접 쓴 요약", "ko", ["en"]),
            ({"en": "digest"}, "ko en", "가져온 다이제스트의 요약 · English", "en", []),
            ({"ja": "gpt-4o", "en": "digest"}, "ko en ja", "가져온 다이제스트의 요약 · English", "en", ["ja"]),
            ({"ko": "huggingface", "ja": "gpt-4o"}, "ko en ja", "gpt-4o 요약 · 日本語", "ja", ["ko"]),
            ({"en": "huggingface"}, "ko en", "허깅페이스의 한 문장 요약 · English", "en", []),
            ({"en": "huggingface"}, "en", "A sentence by Hugging Face", "en", []),
            ({"de": "gpt-4o", "en": "huggingface"}, "ko en", "허깅페이스의 한 문장 요약 · English", "en", ["de"]),
            ({"de": "gpt-4o", "en": "huggingface"}, "ko", "허깅페이스의 한 문장 요약 · English", "en", ["de"]),
            ({"ko": "mkdocs-daily-papers"}, "ko en", "이 사이트가 정리한 사실", "ko", []),
        ],
    )
    def test_the_highest_rung_of_the_ladder_is_shown_and_says_what_it_is_and_by_whom(
        self, summaries: dict[str, str], languages: str, by: str, lang: str, folded: list[str]
    ) -> None:
        written = {code: Summary(bullets=("words",), by=author) for code, author in summaries.items()}
        paper = Paper(id="2402.00010", title="t", abstract="The abstract.", summaries=written)
        page = parse(day_page(paper, languages=languages.split()))
        shown, *others = page.css("ul.dp-bullets")
        assert (shown.attributes["lang"], page.css(".dp-attribution")[0].text()) == (lang, by)
        assert not is_folded(shown)
        assert [other.attributes["lang"] for other in others] == folded
        assert all(map(is_folded, others))

    @pytest.mark.parametrize("abstract", [None, "The abstract."])
    def test_bullets_nobody_asked_for_are_shown_only_where_there_is_no_abstract(self, abstract: str | None) -> None:
        german = {"de": Summary(bullets=("Worte",), by="gpt-4o")}
        page = parse(day_page(Paper(id="2402.00010", title="t", abstract=abstract, summaries=german)))
        assert is_folded(only(page, "ul.dp-bullets")) == bool(abstract)
        by = "저자가 쓴 초록 · English" if abstract else "gpt-4o 요약 · Deutsch"
        assert page.css(".dp-attribution")[0].text() == by

    @pytest.mark.parametrize(
        ("abstract", "language", "by"),
        [
            ("All of it.", "en", "The abstract, by the authors"),
            ("All of it.", "ko", "저자가 쓴 초록 · English"),
            ("A sentence. " * 99, "en", "The abstract's beginning, by the authors"),
            ("A sentence. " * 99, "ko", "저자가 쓴 초록의 앞부분 · English"),
        ],
    )
    def test_the_abstract_says_whether_it_is_all_and_by_whom(self, abstract: str, language: str, by: str) -> None:
        page = parse(day_page(Paper(id="2402.00010", title="t", abstract=abstract), languages=(language,)))
        assert only(page, ".dp-attribution").text() == by

    @pytest.mark.parametrize("bullets", [(), ("",), (" ", "\x00", "\u200b\n"), ("**What's New**:",)])
    def test_a_summary_without_text_is_none(self, bullets: tuple[str, ...]) -> None:
        summaries = {"ko": Summary(bullets=bullets, by="gpt-4o"), "en": Summary(bullets=("A line.",), by="digest")}
        seen = view(Paper(id="2402.00010", title="t", abstract="The abstract.", summaries=summaries))
        assert seen.summary
        assert (seen.summary.lang, seen.others) == ("en", [])

    def test_what_cannot_be_shown_of_a_bullet_is_left_out_of_the_page_and_stays_in_the_record(self) -> None:
        bullets = ("**La\x07bel**: one\n two\u202e\tthree", "\x08", "fam\u00adily \U0001f469\u200d\U0001f680")
        paper = Paper(id="2402.00010", title="t", summaries={"ko": Summary(bullets=bullets, by="m\x00 1")})
        page = parse(day_page(paper))
        lines = [item.text() for item in page.css(".dp-bullets li")]
        assert lines == ["Label one two three", "family \U0001f469\u200d\U0001f680"]
        assert only(page, ".dp-attribution").text() == "m 1 요약"
        assert paper.summaries["ko"].bullets == bullets

    def test_another_language_is_marked_with_its_tag_and_who_wrote_it(self) -> None:
        paper = Paper(id="2402.00010", title="t", summaries={"en": Summary(bullets=("a sentence",), by="huggingface")})
        page = parse(day_page(paper))
        assert only(page, "ul.dp-bullets").attributes["lang"] == "en"
        assert only(page, ".dp-attribution").text() == "허깅페이스의 한 문장 요약 · English"

    def test_without_a_summary_the_abstract_begins_and_its_rest_unfolds(self) -> None:
        abstract = "One is here. Two, i.e. a pair, follows. Three is last. Four is more. " + "Five goes on. " * 60
        seen = view(Paper(id="2402.00010", title="t", abstract=abstract))
        assert seen.abstract == "One is here. Two, i.e. a pair, follows. Three is last."
        assert f"{seen.abstract} {seen.rest}" == abstract

    @pytest.mark.parametrize("abstract", ["word " * 900, "x" * 5000, "a sentence. " + "word " * 900])
    def test_a_beginning_is_short_and_nothing_is_lost(self, abstract: str) -> None:
        start, rest = beginning(abstract)
        assert 0 < len(start) <= ABSTRACT_CHARS
        assert (start + rest).replace(" ", "") == abstract.replace(" ", "")

    @pytest.mark.parametrize(
        ("text", "label", "rest"),
        [
            ("**Label**: text", "Label", "text"),
            ("***What's New***: text", "What's New", "text"),
            ("no **Label**: text", "", "no **Label**: text"),
            ("***L*: typo", "", "***L*: typo"),
            ("**Label**:", "Label", ""),
            ("**bold** without a colon", "", "**bold** without a colon"),
            ("**a**: b **c** <i>d</i>", "a", "b **c** <i>d</i>"),
        ],
    )
    def test_a_label_at_the_start_is_the_only_markup(self, text: str, label: str, rest: str) -> None:
        bullet = split_label(text)
        assert (bullet.label, bullet.text) == (label, rest)

    def test_a_label_is_strong(self) -> None:
        paper = Paper(id="2402.00010", title="t", summaries={"ko": Summary(bullets=("**점**: **x** <b>",), by="m")})
        item = only(parse(day_page(paper)), ".dp-bullets li")
        assert only_in(item, "strong").text() == "점"
        assert item.text() == "점 **x** <b>"

    def test_a_language_nobody_knows_breaks_nothing(self) -> None:
        paper = Paper(id="2402.00010", title="t", summaries={'"><x y=1>': Summary(bullets=("b",), by="m")})
        page = parse(day_page(paper))
        assert "lang" not in only(page, "ul.dp-bullets").attributes
        assert not page.css("x")


class TestAuthors:
    def test_the_first_three_and_the_last_are_shown_and_the_rest_unfolds_in_order(self) -> None:
        names = [f"Author {number}" for number in range(664)]
        page = parse(day_page(Paper(id="2402.00010", title="t", authors=tuple(names))))
        line = only(page, ".dp-authors")
        summary = only_in(line, "summary")
        assert summary.text() == "+ 660명"
        assert only_in(line, "details").text() == summary.text() + ", ".join(names[3:-1])
        assert line.text().startswith("Author 0, Author 1, Author 2, ")
        assert line.text().endswith(", Author 663")

    @pytest.mark.parametrize("count", [1, 2, 3, 4])
    def test_a_few_are_all_shown(self, count: int) -> None:
        names = [f"A{number}" for number in range(count)]
        line = only(parse(day_page(Paper(id="2402.00010", title="t", authors=tuple(names)))), ".dp-authors")
        assert line.text() == ", ".join(names)
        assert not line.css("details")

    @pytest.mark.fault(25)
    def test_ten_thousand_authors_and_odd_names(self) -> None:
        names = ("+", "+", *(f"N{number}" for number in range(10_000)))
        seen = view(Paper(id="2402.00010", title="t", authors=names))
        assert (seen.first_author, seen.authors, seen.more_authors) == ("+", "+, N0", "+ 9998")

    @pytest.mark.fault(25)
    def test_a_name_of_a_megabyte_is_cut_for_show_and_stands_nowhere_in_full(self) -> None:
        html = day_page(Paper(id="2402.00010", title="t", authors=("a" * 1_000_000, "b")))
        assert "a" * (NAME_CHARS - 1) + "…" in html
        assert len(html) < 10_000


class TestLinks:
    def test_a_paper_links_to_arxiv_pdf_hugging_face_code_and_its_page(self) -> None:
        paper = Paper(
            id="cs.CL/0001001",
            title="t",
            votes=1234,
            github=Github(url="https://github.com/a/b", stars=56789),
            project_page="https://example.org/",
        )
        page = parse(day_page(paper))
        assert [link.attributes["href"] for link in page.css(".dp-links a")] == [
            "https://arxiv.org/abs/cs.CL/0001001",
            "https://arxiv.org/pdf/cs.CL/0001001",
            "https://huggingface.co/papers/cs.CL/0001001",
            "https://github.com/a/b",
            "https://example.org/",
        ]
        assert only(page, ".dp-title span a").attributes["href"] == "https://arxiv.org/abs/cs.CL/0001001"
        assert only(page, ".dp-stars").text() == "56,789"
        votes = only(page, ".dp-votes")
        assert votes.attributes["href"] == "https://huggingface.co/papers/cs.CL/0001001#community"
        assert votes.text() == "투표 수 1,234"
        assert "2024년 3월 8일" in (votes.attributes["title"] or "")
        assert only(page, "article").attributes["id"] == "cs.CL/0001001"
        assert only(page, ".dp-anchor").attributes["href"] == "#cs.CL/0001001"

    def test_a_paper_outside_arxiv_links_to_its_own_page_or_nowhere(self) -> None:
        linked = parse(day_page(Paper(id="x-0123456789ab", title="t", project_page="https://example.org/")))
        assert only(linked, ".dp-title span a").attributes["href"] == "https://example.org/"
        bare = parse(day_page(Paper(id="x-0123456789ab", title="t")))
        assert [link.attributes["href"] for link in bare.css("article a")] == ["#x-0123456789ab"]

    @pytest.mark.fault(32)
    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            " data:text/html,x",
            "vbscript:x",
            "//evil.example/",
            "https://a\n.example/",
            "https://user@evil.example/",
            "https://\u0430\u0440\u0440le.example/",
        ],
    )
    def test_an_unsafe_address_is_shown_as_text_and_never_linked(self, address: str) -> None:
        page = parse(day_page(Paper(id="2402.00010", title="t", github=Github(url=address), project_page=address)))
        assert len(page.css(".dp-unlinked")) == 2
        assert address.strip() in page.css(".dp-unlinked")[0].text()
        for link in page.css("a"):
            assert re.match(r"https://(arxiv\.org|huggingface\.co)/|\.\./|#", link.attributes["href"] or "")

    def test_links_out_are_marked_as_others_words(self) -> None:
        page = parse(day_page(Paper(id="2402.00010", title="t", project_page="https://example.org/")))
        outside = [link for link in page.css("article a") if (link.attributes["href"] or "").startswith("http")]
        assert {link.attributes["rel"] for link in outside} == {"noopener noreferrer nofollow ugc"}


class TestReports:
    REPOSITORY = "https://github.com/an-owner/a-repo"
    SITE = "https://papers.example/archive/"

    def addresses(self, *papers: Paper, repo_url: str = REPOSITORY, site_url: str = SITE) -> list[str]:
        day = a_day(*papers)
        drawn = Renderer(languages=("ko", "en"), urls=Urls(), media_hosts=HOSTS, repo_url=repo_url, site_url=site_url)
        page = parse(drawn.day(day, summarize_day(day, COMPLETE), previous=None, next=None))
        return [link.attributes["href"] or "" for link in page.css(".dp-attribution a")]

    def paper(self, by: str = "gpt-4o", *, language: str = "ko", title: str = "A title", prompt: str = "") -> Paper:
        summary = Summary(bullets=("b",), by=by, prompt=prompt or None)
        return Paper(id="2402.00010", title=title, summaries={language: summary})

    def test_a_report_says_of_what_on_which_page_it_is_and_leaves_room_for_words(self) -> None:
        (address,) = self.addresses(self.paper(prompt="1a2b3c4d", title="100% & more: C#?"))
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.path) == ("https", "github.com", "/an-owner/a-repo/issues/new")
        assert not parts.fragment
        assert dict(parse_qsl(parts.query, strict_parsing=True)) == {
            "title": "2402.00010: summary",
            "body": "`100% & more: C#?`\n`2024-03-01 ko gpt-4o prompt 1a2b3c4d`\n"
            "https://papers.example/archive/2024/03/01/#2402.00010\n\n잘못된 점:\n",
        }

    @pytest.mark.parametrize(
        ("by", "links"),
        [("gpt-4o", 1), ("digest", 1), ("huggingface", 1), ("mkdocs-daily-papers", 1), ("hand", 0)],
    )
    def test_whatever_no_person_wrote_can_be_reported(self, by: str, links: int) -> None:
        assert len(self.addresses(self.paper(by))) == links

    def test_every_summary_has_its_own_the_folded_ones_too(self) -> None:
        summaries = {code: Summary(bullets=("b",), by="m") for code in ("ko", "en")}
        shown, folded = self.addresses(Paper(id="2402.00010", title="t", summaries=summaries))
        assert "+ko+m" in shown
        assert "+en+m" in folded

    @pytest.mark.parametrize(
        ("repo_url", "found"),
        [
            ("https://github.com/an-owner/a-repo/", True),
            ("https://github.com/an-owner/a-repo.git", True),
            ("http://www.github.com/an-owner/a-repo", True),
            ("", False),
            ("https://gitlab.com/an-owner/a-repo", False),
            ("https://github.com.evil.example/an-owner/a-repo", False),
            ("https://github.com/an-owner", False),
            ("https://github.com/an-owner/a-repo?x", False),
        ],
    )
    def test_only_a_repository_on_github_gets_reports(self, repo_url: str, found: bool) -> None:
        addresses = self.addresses(self.paper(), repo_url=repo_url)
        assert bool(addresses) == found
        assert all(address.startswith(f"{self.REPOSITORY}/issues/new?") for address in addresses)

    def test_without_the_sites_address_a_report_names_no_page(self) -> None:
        (address,) = self.addresses(self.paper(), site_url="")
        assert dict(parse_qsl(urlsplit(address).query))["body"] == "`A title`\n`2024-03-01 ko gpt-4o`\n\n잘못된 점:\n"

    @pytest.mark.parametrize(
        "text",
        [*HOSTILE, "` @everyone #1 `", "a\n\n@b `#2`", "&labels=x&body=y#z", "\u202e한글 \U0001f600" * 99, "%0A%60"],
    )
    def test_a_strangers_text_leaves_neither_its_place_nor_the_code_it_stands_in(self, text: str) -> None:
        paper = self.paper(text, title=text, language=text, prompt=text)
        (address,) = self.addresses(paper)
        assert re.fullmatch(r"[A-Za-z0-9_.~/:?&=%+-]+", address)
        assert len(address) < 4000
        query = parse_qsl(urlsplit(address).query, strict_parsing=True)
        assert [key for key, _ in query] == ["title", "body"]
        title, body = (value for _, value in query)
        assert title == "2402.00010: summary"
        assert re.fullmatch(
            r"`[^`\n]+`\n`2024-03-01 [^`\n]+`\n"
            r"https://papers\.example/archive/2024/03/01/#2402\.00010\n\n잘못된 점:\n",
            body,
        )

    def test_a_report_is_short(self) -> None:
        """A day may have a hundred of them."""
        title = "A title of the usual length, about as long as this one is here"
        (address,) = self.addresses(self.paper("huggingface", title=title), site_url="https://owner.github.io/a-repo/")
        assert len(address) < 320


class TestHostileText:
    @pytest.mark.fault(30, 31, 56)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_text_brings_in_no_element_and_no_attribute(self, text: str) -> None:
        assert shape(day_page(full_paper(text))) == shape(day_page(full_paper("harmless words")))

    @pytest.mark.fault(30, 56)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_text_is_shown_as_it_is(self, text: str) -> None:
        page = parse(day_page(full_paper(text)))
        assert only(page, ".dp-title span a").text() == text
        assert only(page, ".dp-org").text() == text
        assert text in only(page, ".dp-keywords").text()

    @pytest.mark.fault(31)
    @pytest.mark.parametrize("text", HOSTILE)
    def test_calendars_and_reasons_escape_too(self, text: str) -> None:
        def pages(text: str) -> list[str]:
            entry = DaySummary(date=DATE, state="failed", reason=text, papers=1, votes=1, best=text)
            render = renderer()
            return [render.archive([entry]), render.unreadable_day(entry, previous=None, next=None)]

        assert list(map(shape, pages(text))) == list(map(shape, pages("harmless words")))

    def test_no_page_holds_a_script_a_style_or_a_handler(self) -> None:
        day = a_day(full_paper("t"))
        entry = summarize_day(day, None)
        render = renderer()
        render.shelf = ArchiveIndex(days={day.date: day}, entries=[entry], dates=[entry])
        pages = [
            render.day(day, entry, previous=None, next=None),
            render.home(day),
            render.archive([entry]),
            render.unreadable_day(entry, previous=None, next=None),
        ]
        for page in map(parse, pages):
            assert not page.css(
                'script:not([type="application/ld+json"]), style, iframe, object, embed, link, base, form'
            )
            for node in page.css("*"):
                assert not any(name.startswith("on") or name == "style" for name in node.attributes)


class TestDays:
    @pytest.mark.fault(26)
    def test_papers_stand_by_votes_and_unknown_votes_last(self) -> None:
        page = parse(
            day_page(
                Paper(id="2402.00001", title="t"),
                Paper(id="2402.00002", title="t", votes=0),
                Paper(id="2402.00003", title="t", votes=7),
            )
        )
        assert [node.attributes["id"] for node in page.css("article")] == ["2402.00003", "2402.00002", "2402.00001"]

    def test_a_pinned_paper_stands_first_and_says_so(self) -> None:
        page = parse(
            day_page(
                Paper(id="2402.00001", title="t", votes=7), Paper(id="2402.00002", title="p", votes=1, pinned=True)
            )
        )
        first, second = page.css("article")
        assert only_in(first, "h2 .dp-pinned").text() == "고정"
        assert only_in(first, "h2").text().startswith("고정 p")
        assert not second.css(".dp-pinned")

    def test_a_date_of_which_nothing_is_shown_says_that_this_is_the_sites_doing(self) -> None:
        page = parse(renderer("en").unreadable_day(summarize_unstored_date(DATE, ALL_HIDDEN), previous=None, next=None))
        assert "this site shows none of them" in only(page, ".dp-notice").text()
        assert (ALL_HIDDEN.reason or "") not in only(page, ".dp").text()

    def test_the_head_says_which_day_how_much_and_how_complete(self) -> None:
        page = parse(day_page(Paper(id="2402.00001", title="t", votes=1200), languages=("en",)))
        assert only(page, ".dp-wide").text() == "Friday 1 March 2024"
        assert only(page, ".dp-total").text() == "1 paper · 1,200 votes"
        assert only(page, ".dp-status .dp-state").text() == "complete"
        assert "votes as of 8 March 2024" in only(page, ".dp-status").text()
        assert only(page, ".dp-prev").attributes["href"] == "../../../2024/02/29/"
        assert only(page, ".dp-next").attributes["href"] == "../../../2024/03/04/"
        twins = [link.attributes["href"] for link in page.css(".dp-status a[title]")]
        assert twins == ["../../../2024/03/01.json", "../../../2024/03/01.md"]

    @pytest.mark.parametrize("state", ["complete", "moving", "empty", "failed", "partial"])
    def test_a_date_without_a_list_says_why_and_points_on(self, state: State) -> None:
        entry = DaySummary(date=DATE, state=state, reason="503 from upstream")
        page = parse(renderer("en").unreadable_day(entry, previous=dt.date(2024, 2, 29), next=None))
        notice = only(page, ".dp-notice")
        assert notice.css("h2")
        assert "503 from upstream" in notice.text()
        assert notice.css('a[href="../../../2024/02/29/"]')
        assert notice.css('a[href="../../../archive/"]')
        assert not page.css("dp-view-toggle, article")

    def test_a_stored_day_without_papers_is_told_as_empty(self) -> None:
        assert "이날은 논문이 없습니다" in day_page()

    def test_a_day_nobody_asked_for_says_so_in_the_readers_words(self) -> None:
        day = a_day(Paper(id="2402.00001", title="t"))
        html = renderer("en").day(day, summarize_day(day, None), previous=None, next=None)
        assert "not yet checked against Hugging Face" in html
        assert "not asked of upstream" not in html

    def test_a_page_is_the_same_however_often_it_is_rendered(self) -> None:
        assert day_page(full_paper("t")) == day_page(full_paper("t"))


class TestHome:
    def test_the_newest_days_first_five_and_the_way_to_the_rest(self) -> None:
        day = a_day(*(Paper(id=f"2402.0000{number}", title="t", votes=number) for number in range(7)))
        draw = renderer("en")
        draw.shelf = ArchiveIndex(days={day.date: day}, dates=[summarize_day(day, COMPLETE)])
        page = parse(draw.home(day))
        assert [node.attributes["id"] for node in page.css("article")] == [f"2402.0000{n}" for n in (6, 5, 4, 3, 2)]
        rest = only(page, ".dp-all")
        assert (rest.text(), rest.attributes["href"]) == ("See all 7 papers of this day", "./2024/03/01/")
        assert page.css(".dp-anchor")[0].attributes["href"] == "./2024/03/01/#2402.00006"
        assert only(page, ".dp-wide").text() == "Friday 1 March 2024"
        assert len(page.css("section.dp-year")) == 1

    def test_an_empty_archive_has_a_page_too(self) -> None:
        page = parse(renderer("en").home(None))
        assert only(page, "h1").text() == "The archive is still empty"
        assert "No day has been stored" in renderer("en").archive([])


class TestCalendar:
    def entries(self) -> list[DaySummary]:
        dates = [dt.date(2023, 12, 29), dt.date(2024, 2, 29), DATE]
        filled = [DaySummary(date=date, state="complete", papers=3, votes=v, best="T") for v, date in enumerate(dates)]
        return [
            *filled,
            DaySummary(date=dt.date(2024, 3, 4), state="failed"),
            DaySummary(date=dt.date(2024, 3, 5), state="moving"),
        ]

    def test_every_year_newest_first_with_twelve_months_and_a_link_a_known_date(self) -> None:
        page = parse(renderer("en").archive(self.entries()))
        assert [node.attributes["id"] for node in page.css(".dp-year h2")] == ["y2024", "y2023"]
        assert len(page.css("table")) == 24
        assert [link.attributes["href"] for link in page.css("td a")] == [
            "../2024/02/29/",
            "../2024/03/01/",
            "../2024/03/04/",
            "../2024/03/05/",
            "../2023/12/29/",
        ]

    def test_a_cell_says_date_papers_votes_and_the_best_and_states_in_words(self) -> None:
        page = parse(renderer("en").archive(self.entries()))
        cells = [link.text() for link in page.css("td a")]
        assert cells[1] == "1 Friday 1 March 2024, 3 papers, 2 votes, best: T"
        assert "could not be fetched" in cells[2]
        assert "still moving" in cells[3]

    def test_every_date_stands_in_its_weekdays_column(self) -> None:
        for year in make_years(self.entries(), Urls(), MultilingualMessages(["en"])):
            for number, month in enumerate(year.months, start=1):
                for week in month.weeks:
                    for column, cell in enumerate(week):
                        assert cell is None or dt.date(year.number, number, cell.day).weekday() == column

    def test_tones_part_the_days_into_fifths(self) -> None:
        assert tone_steps(range(10)) == [2, 4, 6, 8]
        assert tone_steps([]) == []
        assert tone_steps([5]) == [5, 5, 5, 5]

    def test_four_years_stay_light(self) -> None:
        start = dt.date(2023, 1, 2).toordinal()
        dates = [dt.date.fromordinal(start + day) for day in range(4 * 365) if day % 7 < 5]
        title = "A title of the usual length, about as long as this one is here"
        entries = [DaySummary(date=date, state="moving", papers=34, votes=412, best=title) for date in dates]
        html = renderer().archive(entries)
        assert len(html.encode()) / len(entries) < 300


class TestWords:
    def test_the_catalogues_have_the_same_keys_and_places(self) -> None:
        korean, english = Messages("ko"), Messages("en")
        assert catalog.available_languages() == {"ko", "en"}
        assert korean.texts.keys() == english.texts.keys()
        for key, text in english.texts.items():
            if not key.startswith("date_"):
                assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", korean.texts[key])), key

    def test_dates_and_numbers_as_each_language_writes_them(self) -> None:
        assert Messages("ko").date(DATE) == "2024년 3월 1일 금요일"
        assert Messages("en").date(DATE) == "Friday 1 March 2024"
        assert Messages("en").date(DATE, "short") == "Fri 1 Mar"
        assert Messages("ko").date(DATE, "short") == "3월 1일 (금)"
        assert Messages("en").count("papers", 1) == "1 paper"
        assert Messages("en").count("votes", 12345) == "12,345 votes"
        assert Messages("ko").count("papers", 11) == "논문 11편"

    def test_a_language_without_a_catalogue_is_shown_in_english(self) -> None:
        assert Messages("fr").language == "en"
        assert Messages("ko-KR").language == "ko"
        assert renderer("de", "ko").words.texts["home_title"] == "Daily papers"


class TestAssets:
    def test_every_import_names_a_file_that_is_shipped(self) -> None:
        files = assets.load_assets()
        assert {assets.STYLESHEET, assets.SCRIPT} <= files.keys()
        messages = {f"js/i18n/{language}.mjs" for language in catalog.available_languages()}
        modules = {
            name: text.decode() for name, text in files.items() if name.endswith(".mjs") and name not in messages
        }
        for name, text in modules.items():
            for imported in re.findall(r'(?:from|import|import\() ?"(\.{1,2}/.+?)"', text):
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)) in modules
        lazy = re.search(r"LAZY = \[(.+?)\]", modules[assets.SCRIPT], re.DOTALL)
        assert lazy
        listed = {f"js/{element}.mjs" for element in re.findall(r'"(.+?)"', lazy[1])}
        common = {f"js/{one}" for one in re.findall(r'import "\./(.+?)"', modules[assets.SCRIPT])}
        assert listed | common == {name for name in modules if "/dp-" in name}

    def test_the_dark_scheme_gives_other_values_to_names_that_exist(self) -> None:
        css = assets.load_assets()[assets.STYLESHEET].decode()
        light, dark = css.split('[data-md-color-scheme="slate"]', 1)
        names = set(re.findall(r"--dp-[\w-]+(?=:)", dark.split("}", 1)[0]))
        assert names
        assert names <= set(re.findall(r"--dp-[\w-]+(?=:)", light))


def golden_cases() -> list[str]:
    return sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", golden_cases())
def test_golden_pages(case: str) -> None:
    folder = GOLDEN / case
    html = render_case(folder)
    expected = folder / "expected.html"
    if os.environ.get("WRITE_GOLDEN"):
        expected.write_text(html, encoding="utf-8")
    assert html == expected.read_text(encoding="utf-8")


def render_case(folder: Path) -> str:
    previous, following = dt.date(2024, 2, 29), dt.date(2024, 3, 4)
    if (folder / "entry.json").exists():
        entry = msgspec.json.decode((folder / "entry.json").read_bytes(), type=DaySummary)
        return renderer().unreadable_day(entry, previous=previous, next=following)
    day = msgspec.json.decode((folder / "day.json").read_bytes(), type=Day)
    return renderer().day(day, summarize_day(day, COMPLETE), previous=previous, next=following)


def full_paper(text: str) -> Paper:
    """A paper with `text` in every place that takes text."""
    return Paper(
        id="2402.00010",
        title=text,
        authors=(text, text, text, text, text),
        abstract=text,
        votes=3,
        thumbnail=THUMBNAIL,
        media=(film("a.mp4"), image("b.png")),
        keywords=(text, text),
        organization=Organization(name="o", fullname=text),
        github=Github(url=f"javascript:{text}", stars=1),
        project_page=f"javascript:{text}",
        summaries={
            "ko": Summary(bullets=(text, f"**{text.replace('*', '')}**: x"), by=text),
            "en": Summary(bullets=(text,), by=text),
            f"!{text}": Summary(bullets=(text,), by=text),
        },
    )


def shape(html: str) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return every element in order, with the names of its attributes."""
    return [(node.tag, tuple(sorted(node.attributes))) for node in parse(html).css("*")]


def only(page: LexborHTMLParser, selector: str) -> LexborNode:
    (node,) = page.css(selector)
    return node


def only_in(node: LexborNode, selector: str) -> LexborNode:
    (found,) = node.css(selector)
    return found


def is_folded(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "details":
        parent = parent.parent
    return parent is not None and "open" not in parent.attributes
