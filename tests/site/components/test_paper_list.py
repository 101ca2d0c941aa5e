"""The list of papers of a day: the order given, and what scripts need to know of each paper."""

from __future__ import annotations

import datetime as dt

from daily_papers.site.components.paper_list import paper_list
from tests.factories import DATE, make_day, make_paper, site_context

DAY = make_day(
    DATE,
    make_paper(1, votes=1),
    make_paper(2, votes=9, vote_history=((dt.date(2024, 3, 2), 4), (dt.date(2024, 3, 5), 9))),
)


def test_papers_keep_the_order_given_and_know_their_place_in_the_record() -> None:
    values = paper_list(site_context(), DAY, DAY.ranked, "../")
    assert [view.id for view in values["papers"]] == ["2607.00002", "2607.00001"]  # type: ignore[attr-defined]
    assert values["positions"] == {"2607.00001": 0, "2607.00002": 1}


def test_the_list_states_when_the_votes_were_read_last() -> None:
    values = paper_list(site_context(languages=["en"]), DAY, DAY.ranked, "../")
    assert "5 March 2024" in str(values["seen"])


def test_addresses_are_relative_to_the_page() -> None:
    values = paper_list(site_context(), DAY, DAY.papers, "../../")
    assert str(values["jump"]).startswith("../../p")
    assert [address for address, *_ in values["formats"]] == ["../../2024/03/01.json", "../../2024/03/01.md"]  # type: ignore[attr-defined]
