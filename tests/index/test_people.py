"""Organizations and authors: slugs that never collide, lists in which every name is found, and what is made of both."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Sequence
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.index.archive_index import ArchiveIndex, PrimaryListing, find_relisted
from daily_papers.index.organizations import organization_slug, organizations
from daily_papers.index.people import (
    KEY_CHARS,
    MAX_LIST_BYTES,
    MAX_NAME_CHARS,
    Author,
    authors,
    fold_name,
    most_listed,
    name_lists,
)
from daily_papers.model.records import Day, Github, Organization, Paper
from daily_papers.site.data import month_files
from daily_papers.site.page import SitePage
from daily_papers.site.pages import authors as authors_pages
from daily_papers.site.pages import organizations as organization_pages
from daily_papers.site.pages import paper as paper_page
from daily_papers.site.urls import Urls
from tests.factories import module_files, module_pages, site_context
from tests.html import HOSTILE
from tests.html import parse_page as parse
from tests.sites import REPOSITORY
from tests.strategies import characters

FIRST, SECOND = dt.date(2024, 2, 29), dt.date(2024, 3, 1)


def paper(number: int, **fields: object) -> Paper:
    return Paper(id=f"2402.{number:05}", title=f"Paper {number}", **fields)  # type: ignore[arg-type]


def shelf_of(*days: Day) -> ArchiveIndex:
    return ArchiveIndex(days={day.date: day for day in days}, listed=find_relisted(days))


def a_day(date: dt.date, *papers: Paper) -> Day:
    return Day(date=date, source="huggingface", papers=papers)


@pytest.fixture(scope="module")
def bundled() -> ArchiveIndex:
    root = REPOSITORY / "docs"
    return shelf_of(*(day for date in stored_dates(root) if (day := read_day(root, date))))


def list_of(word: str, lists: dict[str, list[Author]]) -> list[Author]:
    """The list a browser looks in for a whole word: the one with the longest key that the word begins with."""
    return lists[max((key for key in lists if word.startswith(key)), key=len)]


# Slugs


def test_a_plain_name_is_its_own_slug_whatever_its_case() -> None:
    assert organization_slug("bigcode") == organization_slug("BigCode") == "bigcode"
    assert organization_slug("PLAN-Lab") == "plan-lab"


ODD_NAMES = [
    "a b",
    "a-b",
    "a_b",
    "a.b",
    "a--b",
    "-a-b",
    "a/b",
    "a\nb",
    "../a-b",
    "",
    "-",
    "가",
    "나",
    "index",
    "README",
]
ODD_NAMES += ["x" * 60, "x" * 61, "x" * 62, "K", "\u212a", "\u0130", "i\u0307", "\ud800", *HOSTILE]


def test_names_that_differ_in_more_than_case_never_share_a_slug() -> None:
    slugs = [organization_slug(name) for name in ODD_NAMES]
    again = [organization_slug(slug) for slug in slugs if "--" in slug]
    assert len({*slugs, *again}) == len(slugs) + len(again)


@given(st.lists(st.text(characters, max_size=70), max_size=6))
def test_a_slug_is_safe_in_an_address_and_in_a_file_s_name_and_one_name_s_alone(names: list[str]) -> None:
    slugs = {name.lower() if name.isascii() else name: organization_slug(name) for name in names}
    assert len(set(slugs.values())) == len(slugs)
    for slug in slugs.values():
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert 0 < len(slug) < 90
        assert slug not in ("index", "readme")


# Organizations


def test_an_organization_is_called_as_it_was_last_given_and_counts_each_paper_once() -> None:
    early = Organization(name="bigcode", fullname="Big Code")
    late = Organization(name="BigCode", fullname="BigCode Project")
    days = [
        a_day(FIRST, paper(1, votes=5, organization=early), paper(2, votes=9, organization=early)),
        a_day(SECOND, paper(1, votes=7, organization=late), paper(3), paper(4, organization=Organization(name="o"))),
    ]
    found = organizations(shelf_of(*days).counted)
    assert list(found) == ["bigcode", "o"]
    assert (found["bigcode"].name, found["bigcode"].title, found["bigcode"].votes) == ("BigCode", "BigCode Project", 16)
    assert [one.paper.id for one in found["bigcode"].papers] == ["2402.00001", "2402.00002"]
    assert found["o"].title == "o"


def test_a_full_name_that_is_not_given_again_is_kept() -> None:
    days = [
        a_day(FIRST, paper(1, organization=Organization(name="o", fullname="The O"))),
        a_day(SECOND, paper(2, organization=Organization(name="o"))),
    ]
    assert organizations(shelf_of(*days).counted)["o"].title == "The O"


# Authors


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Anton Lozhkov", "anton lozhkov"),
        ("Jean-Baptiste O'Brien, Jr.", "jean baptiste obrien jr"),
        ("Łukasz Kaiser", "lukasz kaiser"),
        ("Søren Nießner", "soren niessner"),
        ("Ahmet ÜSTÜN", "ahmet ustun"),
        ("İbrahim Ilgın", "ibrahim ilgin"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("王 小明", "王 小明"),
        ("+", ""),
        ("", ""),
    ],
)
def test_names_are_folded_as_people_type_them(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_a_syllable_half_typed_begins_the_whole_one() -> None:
    assert fold_name("김철수").startswith(fold_name("기"))
    assert fold_name("김철수").startswith(fold_name("김처"))


@given(st.text(characters, max_size=40))
def test_folding_what_is_folded_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


def assert_all_are_found(counted: Sequence[PrimaryListing]) -> None:
    lists = name_lists(authors(counted))
    for one in counted:
        for name in one.paper.authors:
            for word in fold_name(name).split() if len(name) <= MAX_NAME_CHARS else []:
                found = [author for author in list_of(word, lists) if author.name == name]
                assert len(found) == 1, (name, word)
                assert one.date.year * 100 + one.date.month in found[0].months


def test_every_author_of_the_archive_is_found_by_each_of_their_words(bundled: ArchiveIndex) -> None:
    assert_all_are_found(bundled.counted)


@given(st.lists(st.lists(st.text(characters, min_size=1, max_size=20), max_size=4), max_size=4))
def test_whatever_the_names_every_one_is_found_by_each_of_its_words(names: list[list[str]]) -> None:
    day = a_day(FIRST, *(paper(number, authors=tuple(names)) for number, names in enumerate(names)))
    assert_all_are_found(shelf_of(day).counted)


def test_a_list_that_grows_too_long_is_parted_and_every_name_still_found() -> None:
    names = [f"Given{number:04} {family}" for number in range(1500) for family in ("Zhang", "Zhao", "Zh", "Zhu-Zhang")]
    counted = shelf_of(a_day(FIRST, paper(1, authors=tuple(names)))).counted
    lists = name_lists(authors(counted))
    assert "zh" in lists
    assert max(map(len, lists)) > KEY_CHARS
    for key, found in lists.items():
        words = {word for author in found for word in fold_name(author.name).split() if word.startswith(key)}
        assert len(msgspec.json.encode(found)) <= MAX_LIST_BYTES + 1 or len(words) == 1, key
    assert_all_are_found(counted)


def test_an_author_counts_once_a_paper_and_a_text_that_slipped_in_is_left_out() -> None:
    slipped = "word " * 50
    counted = shelf_of(
        a_day(FIRST, paper(1, authors=("A B", "A B", slipped))), a_day(SECOND, paper(2, authors=("A B",)))
    ).counted
    assert authors(counted) == [Author("A B", 2, (202403, 202402))]
    assert most_listed(counted, 9) == [("A B", 2)]


# Pages and data


def drawn(shelf: ArchiveIndex, kind: ModuleType, urls: Urls | None = None) -> dict[str, SitePage]:
    return module_pages(kind, site_context(shelf, urls=urls))


def files_of(shelf: ArchiveIndex, kind: ModuleType, urls: Urls | None = None) -> dict[str, bytes]:
    return module_files(kind, site_context(shelf, urls=urls))


def test_every_organization_that_a_day_links_has_its_page(bundled: ArchiveIndex) -> None:
    pages = drawn(bundled, organization_pages)
    named = {one.paper.organization.name for one in bundled.counted if one.paper.organization}
    assert {f"orgs/{organization_slug(name)}.md" for name in named} | {"orgs.md"} == set(pages)


def test_an_organization_s_page_has_its_best_and_its_newest_papers_and_a_few_are_said_once() -> None:
    org = Organization(name="Org", fullname="The Org")
    many = a_day(FIRST, *(paper(number, votes=number, organization=org) for number in range(60)))
    page = parse(drawn(shelf_of(many), organization_pages)["orgs/org.md"].render())
    best, newest = ([row.attributes["data-id"] for row in table.css("tr[data-id]")] for table in page.css("table"))
    assert best == [f"2402.{number:05}" for number in range(59, 49, -1)]
    assert len(newest) == organization_pages.NEWEST
    assert page.css_first('a[href="https://huggingface.co/Org"]')
    few = a_day(FIRST, paper(1, votes=1, organization=org))
    assert len(parse(drawn(shelf_of(few), organization_pages)["orgs/org.md"].render()).css("table")) == 1


def test_an_organization_s_commonest_topics_stand_on_its_page_when_any_are_known() -> None:
    org = Organization(name="org")
    day = a_day(FIRST, paper(1, organization=org), paper(2, organization=org))
    shelf = ArchiveIndex(
        days={FIRST: day},
        topics={"2402.00001": ("agents", "vision"), "2402.00002": ("vision",)},
        topic_names={slug: {"en": slug.title(), "ko": slug} for slug in ("agents", "vision", "audio")},
    )
    page = parse(drawn(shelf, organization_pages)["orgs/org.md"].render())
    assert [link.attributes["href"] for link in page.css(".dp-topics a")] == [
        "../../topics/vision/",
        "../../topics/agents/",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_from_strangers_stay_text_on_every_page(text: str) -> None:
    day = a_day(FIRST, paper(1, authors=(text,), organization=Organization(name=text, fullname=text)))
    shelf = shelf_of(day)
    for kind in (organization_pages, authors_pages):
        for page in drawn(shelf, kind).values():
            tree = parse(page.render())
            assert not tree.css("script, img, svg"), page.source
            assert text.split()[0] in "".join(root.text() for root in tree.css(".dp"))
            assert not [link for link in tree.css("a") if "javascript:" in (link.attributes["href"] or "")]


def test_the_page_of_all_has_them_by_papers_and_by_name() -> None:
    orgs = [Organization(name=name) for name in ("zeta", "alpha", "Beta")]
    day = a_day(FIRST, *(paper(number, organization=orgs[min(number, 2)]) for number in range(4)))
    page = parse(drawn(shelf_of(day), organization_pages)["orgs.md"].render())
    names = {table.attributes["id"]: [link.text() for link in table.css("th a")] for table in page.css("table")}
    assert names == {"orgs-by-papers": ["Beta", "alpha", "zeta"], "orgs-by-name": ["alpha", "Beta", "zeta"]}


def test_the_authors_page_says_without_scripts_what_it_needs_and_shows_the_most_listed() -> None:
    day = a_day(FIRST, paper(1, authors=("A B", "C D")), paper(2, authors=("C D",)))
    page = parse(drawn(shelf_of(day), authors_pages)["authors.md"].render())
    assert page.css_first("noscript p")
    assert [item.text(strip=True) for item in page.css(".dp-most-listed li")] == ["C D2", "A B1"]


def test_the_index_names_every_list_of_names_and_its_size(bundled: ArchiveIndex) -> None:
    files = files_of(bundled, authors_pages)
    index = json.loads(files.pop("authors/names.json"))
    assert {f"authors/{authors_pages.list_file(key)}": size for key, size in index.items()} == {
        name: len(content) for name, content in files.items()
    }
    assert max(index.values()) < 150_000


def test_the_files_are_safe_to_write_whatever_the_names_begin_with() -> None:
    names = ("王小明", "../../etc", "Ǆ \u0600x", "con aux", "%2e", "😀", "ⅷ")
    files = files_of(shelf_of(a_day(FIRST, paper(1, authors=names))), authors_pages)
    for name in files:
        assert set(name.removeprefix("authors/")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-."), name


@pytest.mark.parametrize("kind", [authors_pages, paper_page, organization_pages])
def test_the_same_archive_gives_the_same_pages(bundled: ArchiveIndex, kind: ModuleType) -> None:
    one, other = (drawn(shelf, kind) for shelf in (bundled, backwards(bundled)))
    assert list(one) == list(other)
    for source in itertools.islice(one, 20):
        assert one[source].render() == other[source].render()


@pytest.mark.parametrize("kind", [authors_pages, month_files])
def test_the_same_archive_gives_the_same_files(bundled: ArchiveIndex, kind: ModuleType) -> None:
    assert files_of(bundled, kind) == files_of(backwards(bundled), kind)


def backwards(shelf: ArchiveIndex) -> ArchiveIndex:
    """Return the same archive, read the newest day first."""
    return ArchiveIndex(days=dict(sorted(shelf.days.items(), reverse=True)), listed=shelf.listed)


def test_a_month_s_file_has_every_paper_that_counts_in_it_and_nothing_that_is_absent() -> None:
    whole = paper(
        1, authors=("A B",), votes=3, organization=Organization(name="Org"), github=Github(url="https://github.com/a/b")
    )
    days = [a_day(FIRST, whole, paper(2, votes=1)), a_day(SECOND, paper(2, votes=9))]
    shelf = ArchiveIndex(
        days={day.date: day for day in days}, listed=find_relisted(days), topics={"2402.00001": ("agents", "code")}
    )
    files = files_of(shelf, month_files, Urls("papers"))
    assert json.loads(files["papers/2024/02.json"]) == {
        "papers": [
            {
                "id": "2402.00001",
                "date": "2024-02-29",
                "title": "Paper 1",
                "authors": ["A B"],
                "votes": 3,
                "topics": ["agents", "code"],
                "org": "org",
                "code": True,
            }
        ]
    }
    assert json.loads(files["papers/2024/03.json"]) == {
        "papers": [{"id": "2402.00002", "date": "2024-03-01", "title": "Paper 2", "votes": 9}]
    }


def test_every_listing_of_a_paper_is_in_the_file_of_its_id_the_newest_first() -> None:
    old, feed = Paper(id="hep-th/9901001", title="Old"), Paper(id="x-0123456789ab", title="Post")
    days = [a_day(FIRST, paper(2, votes=9), old), a_day(SECOND, paper(2), feed)]
    files = files_of(shelf_of(*days), month_files)
    listings = {name: json.loads(content) for name, content in files.items() if name.startswith("p/")}
    assert listings == {
        "p/2402.json": {"2402.00002": ["2024-03-01", "2024-02-29"]},
        "p/old.json": {"hep-th/9901001": ["2024-02-29"]},
        "p/x-0.json": {"x-0123456789ab": ["2024-03-01"]},
    }


def test_the_way_to_a_paper_says_without_scripts_how_to_find_it(bundled: ArchiveIndex) -> None:
    page = parse(drawn(bundled, paper_page)["p.md"].render())
    assert page.css_first("noscript p")
    assert page.css_first('.dp-links-nav a[href="../archive/"]')
    files = {
        name.removeprefix("p/").removesuffix(".json")
        for name in files_of(bundled, month_files)
        if name.startswith("p/")
    }
    redirects = page.css("dp-paper-redirect")
    assert [(redirect.attributes["data-files"] or "").split() for redirect in redirects] == [sorted(files)]


def test_nothing_breaks_on_an_empty_archive() -> None:
    for kind in (organization_pages, authors_pages, paper_page):
        for page in drawn(ArchiveIndex(), kind).values():
            assert parse(page.render()).css_first("h1")
    assert [*files_of(ArchiveIndex(), authors_pages), *files_of(ArchiveIndex(), month_files)] == ["authors/names.json"]
