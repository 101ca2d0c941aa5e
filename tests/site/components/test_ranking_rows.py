"""The rows of a ranking: what each shows of a paper."""

from __future__ import annotations

from daily_papers.index.archive_index import PrimaryListing
from daily_papers.index.rankings import Gain
from daily_papers.model.records import Github, Organization
from daily_papers.model.text import NAME_CHARS
from daily_papers.site.components.ranking_rows import RankingRows
from daily_papers.site.i18n.multilingual import MultilingualMessages
from daily_papers.site.urls import Urls
from tests.factories import DATE, make_paper, make_video

ROWS = RankingRows(Urls(), MultilingualMessages(["en"]))
FULL = make_paper(
    votes=1234,
    authors=("Ada Ahn", "Ben Bae", "Cho Chung"),
    organization=Organization("The-Lab", "The Lab"),
    github=Github("https://github.com/lab/small"),
    media=(make_video("a.mp4"),),
)


def test_a_row_has_address_votes_authors_organization_and_badges() -> None:
    (row,) = ROWS.make([PrimaryListing(DATE, FULL)])
    assert (row.address, row.when) == ("2024/03/01/#2607.00001", "1 March 2024")
    assert (row.votes, row.gained) == ("1,234", "")
    assert (row.first_author, row.others) == ("Ada Ahn", 2)
    assert (row.organization, row.organization_slug) == ("The Lab", "the-lab")
    assert (row.has_code, row.has_video) == (True, True)


def test_unknown_votes_are_a_dash_and_missing_fields_are_empty() -> None:
    (row,) = ROWS.make([PrimaryListing(DATE, make_paper())])
    assert row.votes == "–"
    assert (row.first_author, row.organization, row.organization_slug) == ("", "", "")
    assert (row.has_code, row.has_video) == (False, False)


def test_a_ranking_of_gains_has_the_votes_gained() -> None:
    (row,) = ROWS.gains([Gain(PrimaryListing(DATE, FULL), 1100)])
    assert (row.votes, row.gained) == ("1,234", "+1,100")


def test_long_names_are_cut() -> None:
    long = "n" * 1_000_000
    paper = make_paper(authors=(long,), organization=Organization("lab", long))
    (row,) = ROWS.make([PrimaryListing(DATE, paper)])
    assert len(row.first_author) == len(row.organization) == NAME_CHARS
