"""Importing: digests and exports are merged into the archive completely, once, and remove nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import day_path, read_day, read_rejected, rejected_path, write_day
from daily_papers.archive.ledger import ledger_path, read_ledger
from daily_papers.jobs.check import check
from daily_papers.jobs.export import export_markdown
from daily_papers.jobs.fetch import fetch_archive
from daily_papers.jobs.import_ import import_digests
from daily_papers.model.records import Day, Media, Rejected, Summary
from tests.factories import bytes_below, make_day, make_paper
from tests.jobs.digest_files import lay_out, log
from tests.jobs.reports import results
from tests.upstream import Upstream, record

DATE = dt.date(2024, 3, 1)
NOW = dt.datetime(2024, 3, 20, 3, 17, tzinfo=dt.UTC)
EARLIER = dt.datetime(2024, 3, 2, 3, tzinfo=dt.UTC)


def stored(root: Path, date: dt.date = DATE) -> Day:
    day = read_day(root, date)
    assert day
    return day


def texts(rejected: tuple[Rejected, ...]) -> list[str]:
    return [msgspec.json.decode(bytes(one.record)) for one in rejected]


FILES = {
    "2024/03/01.md": log("Vote: 12", "", "Authors: Ada Brook", "", "- 물은 아래로 흐른다.", "", "머리 없는 줄"),
    "2024/03/02.md": log("Vote: -", date="2024-03-02", number=2),
    "2024/03/04.md": log("- 하나", "  - 가", "1) 나", "다", date="2024-03-04", number=3),
    "README.md": "# 읽어 주세요\n",
    "papers_list.csv": "date,title,url\n",
    "notes/2024.md": "# 메모\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "docs"


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "digests", FILES)


def test_a_folder_is_imported_completely_and_everything_is_counted(root: Path, digests: Path) -> None:
    """Irregularities 26 and 27: the digest of a Saturday is imported, and the list of papers is not read."""
    report = import_digests(root, [digests])
    assert results(report) == {"2024-03-01": "stored", "2024-03-02": "stored", "2024-03-04": "stored"}
    assert (report.files, report.skipped, report.complete, report.usable) == (3, 2, False, True)
    assert {key: count for key, count in report.counts.items() if count} == {
        "papers": 3,
        "votes": 1,
        "dash votes": 1,
        "no votes": 1,
        "authors": 1,
        "bullets": 2,
        "nested": 1,
        "numbered": 1,
        "free": 1,
    }
    assert [(line.at, line.reason) for line in report.unread] == [
        ("2024/03/01.md:11", "is not of a known form, and does not continue a bullet")
    ]
    assert stored(root) == Day(
        date=DATE,
        source="digest",
        papers=(
            make_paper(
                id="2402.00001",
                title="강의 흐름 1",
                authors=("Ada Brook",),
                votes=12,
                vote_history=((DATE, 12),),
                summaries={"ko": Summary(bullets=("물은 아래로 흐른다.",), by="digest")},
            ),
        ),
    )
    assert texts(read_rejected(root, DATE)) == ["머리 없는 줄"]
    assert not list(check(root))


def test_a_repeated_import_changes_no_byte_and_reports_unchanged_dates(root: Path, digests: Path) -> None:
    import_digests(root, [digests])
    before = bytes_below(root)
    report = import_digests(root, [digests])
    assert set(results(report).values()) == {"unchanged"}
    assert bytes_below(root) == before


def test_a_dry_run_has_the_same_report_and_writes_nothing(root: Path, digests: Path) -> None:
    dry = import_digests(root, [digests], dry_run=True)
    assert not root.exists()
    assert dry == import_digests(root, [digests])


@pytest.mark.parametrize("path_of", [day_path, rejected_path])
def test_an_unreadable_stored_file_stays_and_only_its_date_fails(root: Path, digests: Path, path_of: object) -> None:
    assert callable(path_of)
    broken = path_of(root, DATE)
    lay_out(root, {broken.relative_to(root).as_posix(): "{"})
    report = import_digests(root, [digests])
    assert results(report) == {"2024-03-01": "failed", "2024-03-02": "stored", "2024-03-04": "stored"}
    assert str(broken) in str(report.outcomes[0].error)
    assert bytes_below(root)[broken.relative_to(root).as_posix()] == b"{"


def test_two_digests_of_a_date_are_merged_and_a_repeated_import_changes_nothing(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "a", {"2024/03/01.md": log("Vote: 1", "- 하나", "", "줄")})
    lay_out(tmp_path / "b", {"2024/03/01.md": log("Vote: 2", "- 둘", "", "다른 줄")})
    report = import_digests(root, [tmp_path / "a", tmp_path / "b"])
    assert [(outcome.papers, outcome.files) for outcome in report.outcomes] == [(1, 2)]
    assert stored(root).papers[0].votes == 2
    unread = texts(read_rejected(root, DATE))
    assert unread[:2] == ["줄", "다른 줄"]
    assert "Vote: 1" in unread[2]
    assert "- 하나" in unread[2]
    assert "is different in another file of this date" in report.unread[2].reason
    assert not report.complete
    before = bytes_below(root)
    assert results(import_digests(root, [tmp_path / "a", tmp_path / "b"])) == {"2024-03-01": "unchanged"}
    assert bytes_below(root) == before


def test_a_repeated_unread_line_is_stored_as_often_as_the_digest_has_it(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, {"2024/03/01.md": log("줄", "줄")})
    for _ in range(3):
        import_digests(root, [tmp_path / "2024"])
    assert [line.at for line in read_rejected(root, DATE)] == ["2024/03/01.md:5", "2024/03/01.md:6"]


def test_the_ledger_is_not_written(root: Path, digests: Path) -> None:
    import_digests(root, [digests])
    assert not ledger_path(root).exists()


def test_a_digest_replaces_bundled_values_but_no_summary_by_hand(root: Path, digests: Path) -> None:
    def bundled(by: str) -> Day:
        summary = Summary(bullets=("손으로",), by=by)
        paper = make_paper(id="2402.00001", title="T", authors=("X",), published=DATE, summaries={"ko": summary})
        return make_day(DATE, paper)

    for by, expected in (("mkdocs-daily-papers", "digest"), ("a-model", "digest"), ("hand", "hand")):
        write_day(root, bundled(by))
        import_digests(root, [digests])
        (paper,) = stored(root).papers
        assert paper.summaries["ko"].by == expected
        assert (paper.title, paper.authors, paper.published) == ("강의 흐름 1", ("Ada Brook",), DATE)


DIGEST = log(
    "![](https://cdn-uploads.huggingface.co/production/uploads/cy/old.png)",
    "Vote: 12",
    "Authors: Ben Ford, Ada Brook",
    "- 물은 아래로 흐른다.",
    "",
    "머리 없는 줄",
)


@pytest.mark.parametrize("first", ["fetch", "import"])
def test_facts_are_upstreams_and_the_summary_is_the_digests_in_either_order(
    root: Path, tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Irregularities 28 and 29 too: the title is upstream's, and a paper that upstream lists on another date stays."""
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    listed = record("2402.00001", title="Rivers", authors=["Ada Brook", "Ben Ford"], votes=51)
    listed["paper"]["publishedAt"] = "2024-02-29T17:59:59.000Z"
    upstream.list_papers("2024-03-01", listed)
    late = log("Vote: 1", number=2)
    lay_out(tmp_path / "digests", {"2024/03/01.md": f"{DIGEST}\n{late}"})

    def fetch() -> None:
        fetch_archive(root, "huggingface", now=NOW, since=DATE, until=DATE, refresh_days=7)

    def import_folder() -> None:
        import_digests(root, [tmp_path / "digests"])

    steps = [fetch, import_folder] if first == "fetch" else [import_folder, fetch]
    for step in steps:
        step()
    one, other = stored(root).papers
    assert (one.title, one.authors, one.votes) == ("Rivers", ("Ada Brook", "Ben Ford"), 51)
    assert one.vote_history == ((DATE, 12), (NOW.date(), 51))
    assert [medium.kind for medium in one.media] == ["video"]
    assert {code: summary.by for code, summary in one.summaries.items()} == {"ko": "digest", "en": "huggingface"}
    assert (other.id, other.votes) == ("2402.00002", 1)
    assert texts(read_rejected(root, DATE)) == ["머리 없는 줄"]
    # The ledger counts upstream's records only, not lines of a digest.
    assert read_ledger(root)[DATE].rejected == 0
    before = bytes_below(root)
    import_folder()
    assert bytes_below(root) == before


def test_rejected_records_of_a_fetch_stay_beside_the_lines_of_a_digest(root: Path, tmp_path: Path) -> None:
    """A record that a fetch could not read in full has more fields than a digest, so an import keeps it."""
    lay_out(tmp_path / "digests", {"2024/03/01.md": DIGEST})
    lay_out(
        root,
        {"2024/03/01.rejected.json": '[\n{"id":"2402.00001","reason":"r","at":"$.papers[0]","record":{"a":1}}\n]\n'},
    )
    import_digests(root, [tmp_path / "digests"])
    assert texts(read_rejected(root, DATE)) == [{"a": 1}, "머리 없는 줄"]


def test_a_digest_fills_missing_fields_of_a_fetched_paper(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "digests", {"2024/03/01.md": DIGEST})
    write_day(
        root,
        make_day(DATE, make_paper(id="2402.00001", title="2402.00001"), fetched_at=EARLIER),
    )
    import_digests(root, [tmp_path / "digests"])
    day = stored(root)
    assert (day.source, day.fetched_at) == ("huggingface", EARLIER)
    assert day.papers[0].title == "강의 흐름 1"
    assert day.papers[0].media == (Media("https://cdn-uploads.huggingface.co/production/uploads/cy/old.png", "image"),)


def test_an_exported_digest_changes_nothing_in_the_archive_it_came_from(root: Path, tmp_path: Path) -> None:
    """A digest has neither the language and author of a bullet nor the date of a vote."""
    first, later = dt.date(2024, 3, 2), dt.date(2024, 3, 9)
    written = {
        "en": Summary(bullets=("In English.",), by="a-model"),
        "ko": Summary(bullets=("한국어로.",), by="another-model"),
    }
    paper = make_paper(id="2402.00001", title="A", votes=50, vote_history=((first, 10), (later, 50)), summaries=written)
    sentence = {"en": Summary(bullets=("One sentence.",), by="huggingface")}
    other = make_paper(id="2402.00002", title="B", votes=5, vote_history=((first, 5),), summaries=sentence)
    write_day(
        root,
        make_day(DATE, paper, other, fetched_at=dt.datetime(2024, 3, 9, tzinfo=dt.UTC)),
    )
    before = bytes_below(root)
    for languages in (["ko"], ["en", "ko"]):
        export_markdown(root, tmp_path / "out", languages)
        assert results(import_digests(root, [tmp_path / "out"])) == {"2024-03-01": "unchanged"}
        assert bytes_below(root) == before
