"""Merging: no stored data is lost or replaced by data of lower rank, and merging again changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given

from daily_papers.model.merge import MILESTONES, add_rejected_lines, merge_days, merge_rejected
from daily_papers.model.records import Arxiv, Day, Failure, FetchResult, Github, Media, Paper, Rejected, Summary
from tests.factories import make_day, make_paper
from tests.strategies import days

DATE = dt.date(2024, 3, 1)
FIRST = dt.datetime(2024, 3, 2, 3, tzinfo=dt.UTC)
LATER = dt.datetime(2024, 3, 5, 3, tzinfo=dt.UTC)


def paper(number: int = 1, **fields: Any) -> Paper:
    return make_paper(number, month="2402", **fields)


def day(*papers: Paper, at: dt.datetime | None = None, source: str = "huggingface") -> Day:
    return make_day(DATE, *papers, source=source, fetched_at=at)


def seen(on: dt.date, votes: int, number: int = 1, **fields: Any) -> Paper:
    return paper(number, votes=votes, vote_history=((on, votes),), **fields)


@given(stored=days(), incoming=days())
def test_merging_the_same_day_again_changes_nothing(stored: Day, incoming: Day) -> None:
    once = merge_days(stored, incoming)
    assert merge_days(once, incoming) == once
    assert merge_days(stored, stored) == stored


@given(stored=days(), incoming=days())
def test_no_paper_or_summary_is_lost(stored: Day, incoming: Day) -> None:
    merged = {p.id: p for p in merge_days(stored, incoming).papers}
    for side in (stored, incoming):
        for one in side.papers:
            assert set(one.summaries) <= set(merged[one.id].summaries)


@given(stored=days(), incoming=days())
def test_the_votes_nearest_to_each_milestone_stay(stored: Day, incoming: Day) -> None:
    merged = {p.id: p for p in merge_days(stored, incoming).papers}
    for one in stored.papers:
        before, after = ([seen for seen, _ in p.vote_history] for p in (one, merged[one.id]))
        assert len(after) <= 2 + len(MILESTONES) <= 12
        if before:
            assert min(after) <= min(before)
            assert max(after) >= max(before)
            for days_after in MILESTONES:
                milestone = stored.date + dt.timedelta(days=days_after)
                nearest = min(abs(seen - milestone) for seen in before)
                assert min(abs(seen - milestone) for seen in after) <= nearest


def test_a_year_of_nightly_fetches_leaves_six_entries_of_votes() -> None:
    stored = day(seen(DATE, 0), at=FIRST)
    for night in range(1, 366):
        at = FIRST + dt.timedelta(days=night - 1)
        stored = merge_days(stored, day(seen(DATE + dt.timedelta(days=night), night), at=at))
    ages = [((on - DATE).days, votes) for on, votes in stored.papers[0].vote_history]
    assert ages == [(0, 0), (1, 1), (3, 3), (7, 7), (30, 30), (365, 365)]


@given(stored=days(), incoming=days())
def test_a_field_that_either_side_has_is_not_empty_in_the_union(stored: Day, incoming: Day) -> None:
    merged = {p.id: p for p in merge_days(stored, incoming).papers}
    for side in (stored, incoming):
        for one in side.papers:
            for field in set(Paper.__struct_fields__) - {"last_seen", "failures"}:
                if getattr(one, field) not in (None, (), {}):
                    assert getattr(merged[one.id], field) not in (None, (), {})


@given(stored=days(), incoming=days())
def test_votes_are_the_last_entry_of_the_history(stored: Day, incoming: Day) -> None:
    for one in merge_days(stored, incoming).papers:
        dates = [date for date, _ in one.vote_history]
        assert dates == sorted(set(dates))
        assert one.votes == (one.vote_history[-1][1] if one.vote_history else None)


def test_papers_stay_in_the_order_first_listed_and_new_ones_follow() -> None:
    merged = merge_days(day(paper(1), paper(2), at=FIRST), day(paper(3), paper(2), paper(1), at=LATER))
    assert [p.id[-1] for p in merged.papers] == ["1", "2", "3"]


def test_a_later_fetch_wins_a_field_and_an_earlier_one_does_not() -> None:
    early, late = day(paper(comments=1), at=FIRST), day(paper(comments=2), at=LATER)
    assert merge_days(early, late).papers[0].comments == 2
    assert merge_days(late, early).papers[0].comments == 2


def test_a_fetch_wins_over_an_import_which_fills_what_the_fetch_lacks() -> None:
    fetched = day(paper(authors=("A", "B"), comments=4), at=FIRST)
    digest = day(paper(authors=("B", "A"), media=(Media("https://a/b.mp4", "video"),)), source="digest")
    for merged in (merge_days(fetched, digest), merge_days(digest, fetched)):
        assert merged.papers[0].authors == ("A", "B")
        assert merged.papers[0].media == digest.papers[0].media
        assert merged.source == "huggingface"


def test_an_import_completes_what_was_only_bundled() -> None:
    merged = merge_days(day(paper(authors=("Bundled",))), day(paper(authors=("Imported",)), source="digest"))
    assert merged.papers[0].authors == ("Imported",)


def test_a_nested_field_that_upstream_no_longer_sends_stays() -> None:
    stored = day(paper(github=Github("https://github.com/a/b", stars=12)), at=FIRST)
    same = day(paper(github=Github("https://github.com/a/b")), at=LATER)
    moved = day(paper(github=Github("https://github.com/a/c")), at=LATER)
    assert merge_days(stored, same).papers[0].github == Github("https://github.com/a/b", stars=12)
    assert merge_days(stored, moved).papers[0].github == Github("https://github.com/a/c")


def test_a_real_title_wins_over_the_id_as_title() -> None:
    merged = merge_days(day(paper(title="A title"), at=FIRST), day(paper(title="2402.00001"), at=LATER))
    assert merged.papers[0].title == "A title"


def test_the_order_of_authors_from_arxiv_stays() -> None:
    stored = day(paper(authors=("First", "Second"), arxiv=Arxiv(primary_category="cs.SE")), at=FIRST)
    merged = merge_days(stored, day(paper(authors=("Second", "First")), at=LATER))
    assert merged.papers[0].authors == ("First", "Second")
    assert merged.papers[0].arxiv == Arxiv(primary_category="cs.SE")


def test_only_changed_votes_get_an_entry_in_the_history() -> None:
    stored = day(seen(DATE, 12), at=FIRST)
    assert merge_days(stored, day(seen(LATER.date(), 12), at=LATER)) == stored
    merged = merge_days(stored, day(seen(LATER.date(), 43), at=LATER)).papers[0]
    assert merged.vote_history == ((DATE, 12), (LATER.date(), 43))
    assert merged.votes == 43


def test_the_later_fetch_of_a_day_replaces_the_entry_of_that_day() -> None:
    merged = merge_days(day(seen(DATE, 12), at=FIRST), day(seen(DATE, 15), at=LATER))
    assert merged.papers[0].vote_history == ((DATE, 15),)


@pytest.mark.fault(27)
def test_votes_may_fall() -> None:
    merged = merge_days(day(seen(DATE, 12), at=FIRST), day(seen(LATER.date(), 11), at=LATER))
    assert merged.papers[0].votes == 11


def test_stored_votes_stay_if_the_new_ones_could_not_be_read() -> None:
    merged = merge_days(day(seen(DATE, 12), at=FIRST), day(paper(), at=LATER))
    assert merged.papers[0].votes == 12


@pytest.mark.fault(27)
def test_a_paper_that_vanished_stays_with_the_day_it_was_last_seen() -> None:
    stored = day(seen(DATE, 12), seen(DATE, 3, number=2, comments=0), seen(DATE, 3, number=3), at=FIRST)
    merged = merge_days(stored, day(seen(DATE, 12), at=LATER))
    # The third came from a digest, which only proves that it was listed on the date itself.
    assert [p.last_seen for p in merged.papers] == [None, FIRST.date(), DATE]
    again = merge_days(merged, day(seen(DATE, 12), at=LATER + dt.timedelta(days=3)))
    assert again == merged


def test_a_paper_that_is_listed_again_has_no_last_seen() -> None:
    stored = day(paper(last_seen=DATE), at=FIRST)
    assert merge_days(stored, day(paper(), at=LATER)).papers[0].last_seen is None


def test_an_import_without_a_paper_does_not_mark_it_as_unlisted() -> None:
    stored = day(paper(1), paper(2), at=FIRST)
    assert merge_days(stored, day(paper(1), source="digest")) == stored


@pytest.mark.parametrize(
    ("stored", "incoming", "expected"),
    [
        ("hand", "huggingface", "hand"),
        ("hand", "a-model", "hand"),
        ("hand", "digest", "hand"),
        ("digest", "huggingface", "digest"),
        ("a-model", "mkdocs-daily-papers", "a-model"),
        ("mkdocs-daily-papers", "huggingface", "mkdocs-daily-papers"),
        ("huggingface", "mkdocs-daily-papers", "mkdocs-daily-papers"),
        ("huggingface", "digest", "digest"),
        ("digest", "hand", "hand"),
        ("a-model", "digest", "digest"),
        ("digest", "a-model", "digest"),
    ],
)
def test_a_summary_is_replaced_only_by_one_of_the_same_or_a_higher_rank(
    stored: str, incoming: str, expected: str
) -> None:
    def by(author: str, at: dt.datetime) -> Day:
        return day(paper(summaries={"ko": Summary(bullets=(author,), by=author)}), at=at)

    merged = merge_days(by(stored, FIRST), by(incoming, LATER))
    assert merged.papers[0].summaries["ko"].by == expected


def test_a_failure_stays_until_there_is_a_summary_that_ranks_above_hugging_faces() -> None:
    failure = Failure(reason="numbers: 7", by="a-model", at=FIRST, prompt="p", input="i")
    stored = day(paper(failures={"ko": failure, "en": failure}), at=FIRST)
    sentence = day(paper(summaries={"en": Summary(bullets=("A sentence.",), by="huggingface")}), at=LATER)
    digest = day(paper(summaries={"ko": Summary(bullets=("글",), by="digest")}), source="digest")
    fetched = merge_days(stored, sentence)
    assert fetched.papers[0].failures == {"ko": failure, "en": failure}
    assert merge_days(fetched, digest).papers[0].failures == {"en": failure}


def test_the_instant_of_the_fetch_changes_only_with_the_content() -> None:
    stored = day(seen(DATE, 12), at=FIRST)
    assert merge_days(stored, day(seen(DATE, 12), at=LATER)).fetched_at == FIRST
    assert merge_days(stored, day(seen(DATE, 13), at=LATER)).fetched_at == LATER


def test_an_empty_list_removes_nothing() -> None:
    stored = day(seen(DATE, 12), at=FIRST)
    assert merge_days(stored, day(at=LATER)) == stored


def rejection(paper_id: str | None, record: bytes = b"{}") -> Rejected:
    return Rejected(id=paper_id, reason="votes: no number", at="$.papers[0].votes", record=msgspec.Raw(record))


def test_a_rejected_record_stays_until_a_later_fetch_reads_it() -> None:
    stored = (rejection("2402.00001"), rejection("2402.00002"), rejection(None, b"1"))
    fetched = FetchResult(day(paper(1), at=LATER), (rejection(None, b"2"),))
    assert [(r.id, bytes(r.record)) for r in merge_rejected(stored, fetched)] == [
        ("2402.00002", b"{}"),
        (None, b"1"),
        (None, b"2"),
    ]


def test_records_with_the_same_unusable_id_are_different_records() -> None:
    one = rejection("2406.105", b'{"paper": {"id": 2406.105, "title": "One"}}')
    two = rejection("2406.105", b'{"paper": {"id": 2406.105, "title": "Two"}}')
    assert merge_rejected((one, two), FetchResult(day(at=LATER), (one,))) == (two, one)


def test_a_record_without_an_id_is_identified_by_its_title() -> None:
    def nameless(votes: int) -> Rejected:
        return rejection(None, b'{"paper": {"title": "Paper\\n  1", "upvotes": %d}}' % votes)

    grown = merge_rejected((nameless(1),), FetchResult(day(at=LATER), (nameless(2),)))
    assert grown == (nameless(2),)
    assert merge_rejected(grown, FetchResult(day(paper(1), at=LATER))) == ()


def test_a_record_that_is_rejected_again_replaces_the_stored_one() -> None:
    partly_read = FetchResult(day(paper(1), at=LATER), (rejection("2402.00001", b"[1]"),))
    (remaining,) = merge_rejected((rejection("2402.00001"),), partly_read)
    assert bytes(remaining.record) == b"[1]"


def test_unreadable_lines_of_a_digest_are_added_once_and_remove_nothing() -> None:
    def line(number: int, text: bytes) -> Rejected:
        return Rejected(id=None, reason="r", at=f"2024/03/01.md:{number}", record=msgspec.Raw(text))

    stored = (rejection("2402.00001"), line(3, b'"a"'))
    lines = (line(3, b'"a"'), line(4, b'"a"'), line(5, b'"b"'))
    merged = add_rejected_lines(stored, lines)
    assert merged == (*stored, *lines[1:])
    assert add_rejected_lines(merged, lines) == merged


def test_an_unreadable_line_of_a_digest_stays_when_a_fetch_lists_its_paper() -> None:
    line = Rejected(id=None, reason="r", at="2024/03/01.md:3", record=msgspec.Raw(b'"Paper 1"'))
    assert merge_rejected((line,), FetchResult(day(paper(1), at=LATER))) == (line,)
