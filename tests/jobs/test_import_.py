"""Importing: what lies in files, folders and zips comes into the archive whole, once, and takes nothing away."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import day_path, read_day, read_rejected, rejected_path, write_day
from daily_papers.archive.ledger import ledger_path, read_ledger
from daily_papers.jobs.check import check
from daily_papers.jobs.export import export_markdown
from daily_papers.jobs.fetch import fetch_archive
from daily_papers.jobs.import_ import MAX_ZIP_BYTES, Report, import_digests
from daily_papers.model.records import Day, Media, Paper, Rejected, Summary
from tests.upstream import Upstream, record

DATE = dt.date(2024, 3, 1)
NOW = dt.datetime(2024, 3, 20, 3, 17, tzinfo=dt.UTC)
EARLIER = dt.datetime(2024, 3, 2, 3, tzinfo=dt.UTC)


def log(*lines: str, date: str = "2024-03-01", number: int = 1) -> str:
    """One section with one paper and these lines below its heading."""
    heading = f"### [강의 흐름 {number}](https://arxiv.org/abs/2402.{number:05})"
    return f"## Daily Papers ({date})\n\n{heading}\n\n" + "".join(f"{line}\n" for line in lines)


def lay_out(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `files`, by path below `folder`; return `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def pack(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as members:
        for name, text in files.items():
            members.writestr(name, text)
    return path


def bytes_below(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def stored(root: Path, date: dt.date = DATE) -> Day:
    day = read_day(root, date)
    assert day
    return day


def texts(rejected: tuple[Rejected, ...]) -> list[str]:
    return [msgspec.json.decode(bytes(one.record)) for one in rejected]


def results(report: Report) -> dict[str, str]:
    return {str(outcome.date): outcome.result for outcome in report.outcomes}


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


def test_a_folder_comes_in_whole_and_everything_is_counted(root: Path, digests: Path) -> None:
    """Irregularities 26 and 27: a Saturday's digest is a day as any other, and the list of papers is left alone."""
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
            Paper(
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


def test_importing_again_changes_no_byte_and_says_so(root: Path, digests: Path) -> None:
    import_digests(root, [digests])
    before = bytes_below(root)
    report = import_digests(root, [digests])
    assert set(results(report).values()) == {"unchanged"}
    assert bytes_below(root) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(root: Path, digests: Path) -> None:
    dry = import_digests(root, [digests], dry_run=True)
    assert not root.exists()
    assert dry == import_digests(root, [digests])


def test_a_checkout_is_read_but_for_its_git_folder(root: Path, digests: Path) -> None:
    lay_out(digests, {".git/2024/03/05.md": log(date="2024-03-05")})
    assert "2024-03-05" not in results(import_digests(root, [digests]))


def test_links_in_a_folder_are_not_followed(root: Path, digests: Path, tmp_path: Path) -> None:
    outside = lay_out(tmp_path / "outside", {"2024/03/06.md": log(date="2024-03-06")})
    (digests / "2024/03/06.md").symlink_to(outside / "2024/03/06.md")
    (digests / "elsewhere").symlink_to(outside)
    report = import_digests(root, [digests])
    assert "2024-03-06" not in results(report)
    assert report.skipped == 3


def test_a_file_named_is_read_whatever_its_name(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, {"march.txt": log("머리말")})
    report = import_digests(root, [tmp_path / "march.txt"])
    assert results(report) == {"2024-03-01": "stored"}
    assert report.unread[0].at == "march.txt:5"


def test_a_part_of_an_archive_names_its_lines_as_the_whole_does(root: Path, digests: Path) -> None:
    for path in (digests / "2024", digests / "2024/03", digests / "2024/03/01.md"):
        assert import_digests(root, [path]).unread[0].at == "2024/03/01.md:11"
    assert len(read_rejected(root, DATE)) == 1


def test_a_file_reached_by_two_paths_is_read_once(root: Path, digests: Path) -> None:
    report = import_digests(root, [digests, digests / "2024/03/01.md"])
    assert (report.files, report.errors) == (3, ())


def test_a_zip_comes_in_as_its_folder_would(root: Path, digests: Path, tmp_path: Path) -> None:
    import_digests(root, [digests])
    before = bytes_below(root)
    archive = pack(tmp_path / "main.zip", {f"logs-main/{name}": text for name, text in FILES.items()})
    report = import_digests(root, [archive])
    assert set(results(report).values()) == {"unchanged"}
    assert (report.files, report.skipped) == (3, 2)
    assert bytes_below(root) == before


def test_a_zip_is_known_by_its_bytes_and_never_unpacked_to_disk(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "main", {"../../2024/03/01.md": log("- 하나"), "/2024/03/04.md": log(date="2024-03-04")})
    assert len(results(import_digests(root, [archive]))) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"docs", "main"}


def test_links_and_git_folders_in_a_zip_are_left_alone(root: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("2024/03/05.md")
    link.external_attr = 0o120777 << 16
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log(), ".git/2024/03/04.md": log(date="2024-03-04")})
    with zipfile.ZipFile(archive, "a") as members:
        members.writestr(link, "/etc/passwd")
    report = import_digests(root, [archive])
    assert (results(report), report.skipped, report.errors) == ({"2024-03-01": "stored"}, 1, ())


def test_an_encrypted_digest_costs_only_itself(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log(), "2024/03/04.md": log(date="2024-03-04")})
    data = bytearray(archive.read_bytes())
    data[6] |= 1  # the flag in the first member's own header, and below in the directory at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    report = import_digests(root, [archive])
    assert results(report) == {"2024-03-04": "stored"}
    (error,) = report.errors
    assert str(error) == f"{archive}: 2024/03/01.md: is encrypted: unpack it yourself, and import the folder"


def test_a_damaged_member_costs_only_itself(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log("- 하나"), "2024/03/04.md": log(date="2024-03-04")})
    data = bytearray(archive.read_bytes())
    data[60] ^= 0xFF
    archive.write_bytes(data)
    report = import_digests(root, [archive])
    assert results(report) == {"2024-03-04": "stored"}
    assert "2024/03/01.md: cannot be unpacked: " in str(report.errors[0])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", b"not a zip"])
def test_what_is_no_zip_is_said_to_be_none(root: Path, tmp_path: Path, data: bytes) -> None:
    lay_out(tmp_path, {"a.zip": data})
    report = import_digests(root, [tmp_path / "a.zip"])
    assert not report.usable
    assert "a.zip: cannot be read: " in str(report.errors[0])
    assert "expected a digest, or a folder or zip of digests" in str(report.errors[0])


def test_a_zip_that_unpacks_without_end_is_stopped_at_the_limits(root: Path, tmp_path: Path) -> None:
    blank = b" " * (60 * 2**20)
    many = {f"2023/03/{day:02}.md": blank for day in range(1, MAX_ZIP_BYTES // len(blank) + 2)}
    archive = pack(tmp_path / "a.zip", {"2022/03/01.md": b" " * (65 * 2**20), **many})
    reasons = [error.reason for error in import_digests(root, [archive]).errors]
    assert "is too large to be a day's digest" in reasons[0]
    assert "is one too many: a zip may unpack to 512 MB" in reasons[-1]


@pytest.mark.parametrize("name", ["nowhere", "empty", "pipe"])
def test_a_path_that_leads_to_no_digest_says_what_was_expected(root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    report = import_digests(root, [tmp_path / name])
    assert not report.usable
    assert "expected" in report.errors[0].reason
    assert report.errors[0].location.endswith(name)


def test_a_file_that_is_no_digest_costs_only_itself(root: Path, digests: Path) -> None:
    lay_out(digests, {"2024/03/01.md": "# 블로그\n"})
    report = import_digests(root, [digests])
    assert results(report) == {"2024-03-02": "stored", "2024-03-04": "stored"}
    assert f"{digests}/2024/03/01.md: is no digest" in str(report.errors[0])
    assert not report.complete


@pytest.mark.parametrize("path_of", [day_path, rejected_path])
def test_a_stored_file_that_does_not_read_stays_and_costs_only_its_date(
    root: Path, digests: Path, path_of: object
) -> None:
    assert callable(path_of)
    broken = path_of(root, DATE)
    lay_out(root, {broken.relative_to(root).as_posix(): "{"})
    report = import_digests(root, [digests])
    assert results(report) == {"2024-03-01": "failed", "2024-03-02": "stored", "2024-03-04": "stored"}
    assert str(broken) in str(report.outcomes[0].error)
    assert bytes_below(root)[broken.relative_to(root).as_posix()] == b"{"


def test_two_digests_of_a_date_are_merged_and_importing_both_again_is_a_no_op(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "a", {"2024/03/01.md": log("Vote: 1", "- 하나", "", "줄")})
    lay_out(tmp_path / "b", {"2024/03/01.md": log("Vote: 2", "- 둘", "", "다른 줄")})
    report = import_digests(root, [tmp_path / "a", tmp_path / "b"])
    assert [(outcome.papers, outcome.files) for outcome in report.outcomes] == [(1, 2)]
    assert stored(root).papers[0].votes == 2
    unread = texts(read_rejected(root, DATE))
    assert unread[:2] == ["줄", "다른 줄"]
    assert "Vote: 1" in unread[2]
    assert "- 하나" in unread[2]
    assert "told otherwise" in report.unread[2].reason
    assert not report.complete
    before = bytes_below(root)
    assert results(import_digests(root, [tmp_path / "a", tmp_path / "b"])) == {"2024-03-01": "unchanged"}
    assert bytes_below(root) == before


def test_a_line_that_stands_twice_is_kept_twice_and_not_more(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, {"2024/03/01.md": log("줄", "줄")})
    for _ in range(3):
        import_digests(root, [tmp_path / "2024"])
    assert [line.at for line in read_rejected(root, DATE)] == ["2024/03/01.md:5", "2024/03/01.md:6"]


def test_the_ledger_is_left_alone(root: Path, digests: Path) -> None:
    import_digests(root, [digests])
    assert not ledger_path(root).exists()


def test_what_was_bundled_gives_way_and_what_a_person_wrote_does_not(root: Path, digests: Path) -> None:
    def bundled(by: str) -> Day:
        summary = Summary(bullets=("손으로",), by=by)
        paper = Paper(id="2402.00001", title="T", authors=("X",), published=DATE, summaries={"ko": summary})
        return Day(date=DATE, source="huggingface", papers=(paper,))

    for by, kept in (("mkdocs-daily-papers", "digest"), ("a-model", "digest"), ("hand", "hand")):
        write_day(root, bundled(by))
        import_digests(root, [digests])
        (paper,) = stored(root).papers
        assert paper.summaries["ko"].by == kept
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
def test_upstream_wins_the_facts_and_the_digest_its_summary_whichever_comes_first(
    root: Path, tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Irregularities 28 and 29 too: the title is upstream's, and a paper upstream lists elsewhere stays on its date."""
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    listed = record("2402.00001", title="Rivers", authors=["Ada Brook", "Ben Ford"], votes=51)
    listed["paper"]["publishedAt"] = "2024-02-29T17:59:59.000Z"
    upstream.list_papers("2024-03-01", listed)
    late = log("Vote: 1", number=2)
    lay_out(tmp_path / "digests", {"2024/03/01.md": f"{DIGEST}\n{late}"})

    def fetch() -> None:
        fetch_archive(root, "huggingface", now=NOW, since=DATE, until=DATE, refresh_days=7)

    def bring_in() -> None:
        import_digests(root, [tmp_path / "digests"])

    steps = [fetch, bring_in] if first == "fetch" else [bring_in, fetch]
    for step in steps:
        step()
    one, other = stored(root).papers
    assert (one.title, one.authors, one.votes) == ("Rivers", ("Ada Brook", "Ben Ford"), 51)
    assert one.vote_history == ((DATE, 12), (NOW.date(), 51))
    assert [medium.kind for medium in one.media] == ["video"]
    assert {code: summary.by for code, summary in one.summaries.items()} == {"ko": "digest", "en": "huggingface"}
    assert (other.id, other.votes) == ("2402.00002", 1)
    assert texts(read_rejected(root, DATE)) == ["머리 없는 줄"]
    # Of what upstream listed, everything was read.
    assert read_ledger(root)[DATE].rejected == 0
    before = bytes_below(root)
    bring_in()
    assert bytes_below(root) == before


def test_what_a_fetch_could_not_read_stays_beside_the_lines_of_a_digest(root: Path, tmp_path: Path) -> None:
    """An import says less of a paper than the record that a fetch could not read in full."""
    lay_out(tmp_path / "digests", {"2024/03/01.md": DIGEST})
    lay_out(
        root,
        {"2024/03/01.rejected.json": '[\n{"id":"2402.00001","reason":"r","at":"$.papers[0]","record":{"a":1}}\n]\n'},
    )
    import_digests(root, [tmp_path / "digests"])
    assert texts(read_rejected(root, DATE)) == [{"a": 1}, "머리 없는 줄"]


def test_a_digest_fills_what_a_fetched_paper_lacks(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "digests", {"2024/03/01.md": DIGEST})
    write_day(
        root,
        Day(date=DATE, source="huggingface", fetched_at=EARLIER, papers=(Paper(id="2402.00001", title="2402.00001"),)),
    )
    import_digests(root, [tmp_path / "digests"])
    day = stored(root)
    assert (day.source, day.fetched_at) == ("huggingface", EARLIER)
    assert day.papers[0].title == "강의 흐름 1"
    assert day.papers[0].media == (Media("https://cdn-uploads.huggingface.co/production/uploads/cy/old.png", "image"),)


def test_what_an_export_wrote_takes_nothing_from_the_archive_it_came_from(root: Path, tmp_path: Path) -> None:
    """A digest tells neither the language of a bullet, nor whose it is, nor when a vote was seen."""
    first, later = dt.date(2024, 3, 2), dt.date(2024, 3, 9)
    written = {
        "en": Summary(bullets=("In English.",), by="a-model"),
        "ko": Summary(bullets=("한국어로.",), by="another-model"),
    }
    kept = Paper(id="2402.00001", title="A", votes=50, vote_history=((first, 10), (later, 50)), summaries=written)
    sentence = {"en": Summary(bullets=("One sentence.",), by="huggingface")}
    other = Paper(id="2402.00002", title="B", votes=5, vote_history=((first, 5),), summaries=sentence)
    write_day(
        root,
        Day(date=DATE, source="huggingface", fetched_at=dt.datetime(2024, 3, 9, tzinfo=dt.UTC), papers=(kept, other)),
    )
    before = bytes_below(root)
    for languages in (["ko"], ["en", "ko"]):
        export_markdown(root, tmp_path / "out", languages)
        assert results(import_digests(root, [tmp_path / "out"])) == {"2024-03-01": "unchanged"}
        assert bytes_below(root) == before


def test_a_digest_by_another_name_is_named_and_not_passed_over(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "logs", {"2024/03/01.md": log("Vote: 1"), "2024-03-04.md": log("Vote: 2"), "README.md": "# A\n"})
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as members:
        members.writestr("2024/3/5.md", log("Vote: 3"))
    report = import_digests(root, [tmp_path / "logs", tmp_path / "logs.zip"])
    assert "logs/2024-03-04.md: has a digest's heading" in str(report.errors[0])
    assert "2024/3/5.md: has a digest's heading" in str(report.errors[1])
    assert report.skipped == 3
    assert not report.complete


def test_a_date_that_is_not_the_paths_or_is_yet_to_come_is_named(root: Path, tmp_path: Path) -> None:
    text = log("Vote: 1")
    lay_out(tmp_path, {"2024/03/02.md": text, "2099/01/01.md": text.replace("2024-03-01", "2099-01-01")})
    report = import_digests(root, [tmp_path / "2024", tmp_path / "2099"], today=dt.date(2024, 3, 5))
    assert results(report) == {"2024-03-01": "stored"}
    assert [note.rpartition("/")[2] for note in report.misdated] == ["02.md says 2024-03-01, and is stored there"]
    assert "says 2099-01-01, which is yet to come" in str(report.errors[0])
    assert not report.complete
