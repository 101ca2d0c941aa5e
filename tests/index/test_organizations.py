"""Organizations: a slug belongs to one name only, and an organization has the name that its newest paper gives."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from daily_papers.index.organizations import group_by_organization, organization_slug, slug_of, slugs_with_page
from daily_papers.model.records import Organization
from tests.factories import make_day, make_index, make_paper
from tests.html import HOSTILE
from tests.strategies import characters

FIRST, SECOND = dt.date(2024, 2, 29), dt.date(2024, 3, 1)


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
    slugs_of_slugs = [organization_slug(slug) for slug in slugs if "--" in slug]
    assert len({*slugs, *slugs_of_slugs}) == len(slugs) + len(slugs_of_slugs)


@given(st.lists(st.text(characters, max_size=70), max_size=6))
def test_a_slug_is_safe_in_addresses_and_file_names_and_belongs_to_one_name(names: list[str]) -> None:
    slugs = {name.lower() if name.isascii() else name: organization_slug(name) for name in names}
    assert len(set(slugs.values())) == len(slugs)
    for slug in slugs.values():
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert 0 < len(slug) < 90
        assert slug not in ("index", "readme")


def test_an_organization_has_its_newest_name_and_each_paper_once() -> None:
    early = Organization(name="bigcode", fullname="Big Code")
    late = Organization(name="BigCode", fullname="BigCode Project")
    index = make_index(
        make_day(FIRST, make_paper(1, votes=5, organization=early), make_paper(2, votes=9, organization=early)),
        make_day(
            SECOND,
            make_paper(1, votes=7, organization=late),
            make_paper(3),
            make_paper(4, organization=Organization(name="o")),
        ),
    )
    by_slug = group_by_organization(index.primary_listings)
    assert list(by_slug) == ["bigcode", "o"]
    bigcode = by_slug["bigcode"]
    assert (bigcode.name, bigcode.title, bigcode.votes) == ("BigCode", "BigCode Project", 16)
    assert [listing.paper.id for listing in bigcode.papers] == ["2607.00001", "2607.00002"]
    assert bigcode.dates == (SECOND, FIRST)
    assert by_slug["o"].title == "o"


def test_a_full_name_stays_if_a_newer_paper_gives_none() -> None:
    index = make_index(
        make_day(FIRST, make_paper(1, organization=Organization(name="o", fullname="The O"))),
        make_day(SECOND, make_paper(2, organization=Organization(name="o"))),
    )
    assert group_by_organization(index.primary_listings)["o"].title == "The O"


def test_an_organization_has_a_page_if_a_paper_is_counted_for_it() -> None:
    old, new = Organization(name="old"), Organization(name="new")
    index = make_index(
        make_day(FIRST, make_paper(1, votes=1, organization=old), make_paper(2)),
        make_day(SECOND, make_paper(1, votes=9, organization=new)),
    )
    assert slugs_with_page(index.primary_listings) == {"new"}


def test_a_paper_without_an_organization_has_no_slug() -> None:
    assert slug_of(make_paper()) == ""
    assert slug_of(make_paper(organization=Organization(name="BigCode"))) == "bigcode"
