"""Finding digests and exports in files, folders and zip files; a damaged or hostile one affects no other."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from pathlib import Path

import msgspec
import pytest

from daily_papers.archive.day_files import read_rejected
from daily_papers.errors import DigestError
from daily_papers.jobs.import_ import import_digests
from daily_papers.jobs.import_discovery import MAX_ZIP_BYTES, discover, read_exported
from daily_papers.model.records import Day
from tests.factories import bytes_below, make_day, make_paper
from tests.jobs.digest_files import lay_out, log, pack
from tests.jobs.reports import results

DATE = dt.date(2024, 3, 1)
TODAY = dt.date(2024, 3, 20)


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


def test_the_git_folder_of_a_checkout_is_not_read(root: Path, digests: Path) -> None:
    lay_out(digests, {".git/2024/03/05.md": log(date="2024-03-05")})
    assert "2024-03-05" not in results(import_digests(root, [digests]))


def test_symbolic_links_in_a_folder_are_not_followed(root: Path, digests: Path, tmp_path: Path) -> None:
    outside = lay_out(tmp_path / "outside", {"2024/03/06.md": log(date="2024-03-06")})
    (digests / "2024/03/06.md").symlink_to(outside / "2024/03/06.md")
    (digests / "elsewhere").symlink_to(outside)
    report = import_digests(root, [digests])
    assert "2024-03-06" not in results(report)
    assert report.skipped == 3


def test_a_file_given_by_path_may_have_any_name(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, {"march.txt": log("머리말")})
    report = import_digests(root, [tmp_path / "march.txt"])
    assert results(report) == {"2024-03-01": "stored"}
    assert report.unread[0].at == "march.txt:5"


def test_lines_have_the_same_place_if_only_a_subfolder_or_file_is_given(root: Path, digests: Path) -> None:
    for path in (digests / "2024", digests / "2024/03", digests / "2024/03/01.md"):
        assert import_digests(root, [path]).unread[0].at == "2024/03/01.md:11"
    assert len(read_rejected(root, DATE)) == 1


def test_a_file_found_by_two_paths_is_read_once(root: Path, digests: Path) -> None:
    report = import_digests(root, [digests, digests / "2024/03/01.md"])
    assert (report.files, report.errors) == (3, ())


def test_a_zip_is_imported_like_its_folder(root: Path, digests: Path, tmp_path: Path) -> None:
    import_digests(root, [digests])
    before = bytes_below(root)
    archive = pack(tmp_path / "main.zip", {f"logs-main/{name}": text for name, text in FILES.items()})
    report = import_digests(root, [archive])
    assert set(results(report).values()) == {"unchanged"}
    assert (report.files, report.skipped) == (3, 2)
    assert bytes_below(root) == before


def test_a_zip_is_recognized_by_its_bytes_and_not_unpacked_to_disk(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "main", {"../../2024/03/01.md": log("- 하나"), "/2024/03/04.md": log(date="2024-03-04")})
    assert len(results(import_digests(root, [archive]))) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"docs", "main"}


def test_symbolic_links_and_git_folders_in_a_zip_are_not_read(root: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("2024/03/05.md")
    link.external_attr = 0o120777 << 16
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log(), ".git/2024/03/04.md": log(date="2024-03-04")})
    with zipfile.ZipFile(archive, "a") as members:
        members.writestr(link, "/etc/passwd")
    report = import_digests(root, [archive])
    assert (results(report), report.skipped, report.errors) == ({"2024-03-01": "stored"}, 1, ())


def test_an_encrypted_member_does_not_affect_the_others(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log(), "2024/03/04.md": log(date="2024-03-04")})
    data = bytearray(archive.read_bytes())
    data[6] |= 1  # the flag in the first member's own header, and below in the directory at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    report = import_digests(root, [archive])
    assert results(report) == {"2024-03-04": "stored"}
    (error,) = report.errors
    assert str(error) == f"{archive}: 2024/03/01.md: is encrypted: unpack it yourself, and import the folder"


def test_a_damaged_member_does_not_affect_the_others(root: Path, tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"2024/03/01.md": log("- 하나"), "2024/03/04.md": log(date="2024-03-04")})
    data = bytearray(archive.read_bytes())
    data[60] ^= 0xFF
    archive.write_bytes(data)
    report = import_digests(root, [archive])
    assert results(report) == {"2024-03-04": "stored"}
    assert "2024/03/01.md: cannot be unpacked: " in str(report.errors[0])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", b"not a zip"])
def test_a_file_that_is_not_a_valid_zip_is_an_error(root: Path, tmp_path: Path, data: bytes) -> None:
    lay_out(tmp_path, {"a.zip": data})
    report = import_digests(root, [tmp_path / "a.zip"])
    assert not report.usable
    assert "a.zip: cannot be read: " in str(report.errors[0])
    assert "expected a digest, or a folder or zip of digests" in str(report.errors[0])


def test_a_zip_bomb_is_stopped_at_the_limits(root: Path, tmp_path: Path) -> None:
    blank = b" " * (60 * 2**20)
    many = {f"2023/03/{day:02}.md": blank for day in range(1, MAX_ZIP_BYTES // len(blank) + 2)}
    archive = pack(tmp_path / "a.zip", {"2022/03/01.md": b" " * (65 * 2**20), **many})
    reasons = [error.reason for error in import_digests(root, [archive]).errors]
    assert "is too large to be a day's digest" in reasons[0]
    assert "exceeds the limit: a zip may unpack to 512 MB" in reasons[-1]


@pytest.mark.parametrize("name", ["nowhere", "empty", "pipe"])
def test_a_path_without_a_digest_is_an_error_with_what_was_expected(root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    report = import_digests(root, [tmp_path / name])
    assert not report.usable
    assert "expected" in report.errors[0].reason
    assert report.errors[0].location.endswith(name)


def test_a_file_that_is_not_a_digest_does_not_affect_the_others(root: Path, digests: Path) -> None:
    lay_out(digests, {"2024/03/01.md": "# 블로그\n"})
    report = import_digests(root, [digests])
    assert results(report) == {"2024-03-02": "stored", "2024-03-04": "stored"}
    assert f"{digests}/2024/03/01.md: is no digest" in str(report.errors[0])
    assert not report.complete


def test_a_digest_with_another_name_is_an_error_and_not_skipped(root: Path, tmp_path: Path) -> None:
    lay_out(tmp_path / "logs", {"2024/03/01.md": log("Vote: 1"), "2024-03-04.md": log("Vote: 2"), "README.md": "# A\n"})
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as members:
        members.writestr("2024/3/5.md", log("Vote: 3"))
    report = import_digests(root, [tmp_path / "logs", tmp_path / "logs.zip"])
    assert "logs/2024-03-04.md: has a digest's heading" in str(report.errors[0])
    assert "2024/3/5.md: has a digest's heading" in str(report.errors[1])
    assert report.skipped == 3
    assert not report.complete


def test_a_heading_with_another_date_than_the_path_or_a_future_date_is_reported(root: Path, tmp_path: Path) -> None:
    text = log("Vote: 1")
    lay_out(tmp_path, {"2024/03/02.md": text, "2099/01/01.md": text.replace("2024-03-01", "2099-01-01")})
    report = import_digests(root, [tmp_path / "2024", tmp_path / "2099"], today=dt.date(2024, 3, 5))
    assert results(report) == {"2024-03-01": "stored"}
    assert [note.rpartition("/")[2] for note in report.misdated] == [
        "02.md has the date 2024-03-01 in its heading, and is stored under that date"
    ]
    assert "has the date 2099-01-01, which is yet to come" in str(report.errors[0])
    assert not report.complete


def exported(path: Path, *, pinned: bool = False) -> Day:
    """Write an export of one day to `path`, or to a member of a zip file; return the day without the pin."""
    day = make_day(DATE, make_paper(id="2402.00001", title="Rivers", pinned=pinned))
    line = msgspec.json.encode(day) + b"\n"
    if path.suffix == ".zip":
        pack(path, {"backup/out.jsonl": line})
    else:
        path.write_bytes(line)
    return make_day(DATE, make_paper(id="2402.00001", title="Rivers"))


@pytest.mark.parametrize("name", ["out.jsonl", "any name", "out.zip"])
def test_a_day_of_an_export_is_read_at_its_position_without_its_pins(tmp_path: Path, name: str) -> None:
    day = exported(tmp_path / name, pinned=True)
    found = discover([tmp_path / name], today=TODAY)
    assert (found.errors, found.files, list(found.exported)) == ([], 0, [DATE])
    assert [read_exported(one) for one in found.exported[DATE]] == [day]


def test_an_export_that_changes_after_it_was_found_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    exported(path)
    (position,) = discover([path], today=TODAY).exported[DATE]
    path.write_bytes(b"{}\n")
    with pytest.raises(DigestError, match=r"out\.jsonl: has changed while it was read: .*; import it again"):
        read_exported(position)


def test_digests_are_found_by_date_with_their_name_and_unread_lines(digests: Path) -> None:
    found = discover([digests], today=TODAY)
    assert sorted(map(str, found.digests)) == ["2024-03-01", "2024-03-02", "2024-03-04"]
    (part,) = found.digests[DATE]
    assert part.name == "2024/03/01.md"
    assert [paper.id for paper in part.day.papers] == ["2402.00001"]
    assert [line.at for line in part.rejected] == ["2024/03/01.md:11"]
    assert (found.files, found.skipped, found.errors, found.exported) == (3, 2, [], {})


def test_a_date_in_the_future_is_an_error_and_not_found(tmp_path: Path) -> None:
    exported(tmp_path / "out.jsonl")
    lay_out(tmp_path, {"2024/03/04.md": log(date="2024-03-04")})
    found = discover([tmp_path], today=dt.date(2024, 2, 29))
    assert (found.digests, found.exported) == ({}, {})
    assert {error.reason.partition(",")[0] for error in found.errors} == {
        "has the date 2024-03-01",
        "has the date 2024-03-04",
    }


@pytest.mark.parametrize("name", ["out.jsonl", "out.zip"])
@pytest.mark.parametrize("bad", [b"", b"\0\0", b"{", b"[" * 50_000, b'{"schema":2', b"\xff\xfe"])
def test_a_bad_line_costs_no_other_line_wherever_it_is(tmp_path: Path, name: str, bad: bytes) -> None:
    days = [make_day(DATE + dt.timedelta(number), make_paper(number)) for number in range(2)]
    first, second = (msgspec.json.encode(day, order="deterministic") for day in days)
    for lines in ([bad, first, second], [first, bad, second], [first, second, bad]):
        data = b"\n".join(lines)
        if name.endswith(".zip"):
            pack(tmp_path / name, {"days.jsonl": data})
        else:
            (tmp_path / name).write_bytes(data)
        found = discover([tmp_path / name], today=TODAY)
        assert sorted(found.exported) == [day.date for day in days]
        assert [error.location.rpartition(":")[2] for error in found.errors] == [str(lines.index(bad) + 1)] * bool(bad)


@pytest.mark.parametrize("year", ["0999", "9999"])
def test_a_date_that_no_archive_has_is_an_error_of_the_imported_file(tmp_path: Path, year: str) -> None:
    day = msgspec.json.encode(make_day(DATE, make_paper()), order="deterministic")
    lay_out(tmp_path, {"out.jsonl": day.replace(b"2024-", year.encode() + b"-")})
    found = discover([tmp_path], today=dt.date.max)
    assert not found.exported
    assert [str(error) for error in found.errors] == [
        f"{tmp_path}/out.jsonl:1: has a date that is {year}-03-01, expected a year from 1900 to 2199: correct the date"
    ]
