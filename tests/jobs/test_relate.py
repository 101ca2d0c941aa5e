"""Related earlier papers: only earlier ones, found once, and the same however often they are looked for."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.archive.day_files import day_path, write_day
from daily_papers.archive.file_io import LOCK
from daily_papers.archive.related import read_related
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check
from daily_papers.jobs.relate import Report, relate_archive
from daily_papers.jobs.similarity import MOST_NEAR, SimilarityIndex
from daily_papers.model.records import Day, Paper
from tests import strategies

MAY, JUNE, JULY = dt.date(2024, 5, 27), dt.date(2024, 6, 10), dt.date(2024, 7, 1)
RIVERS = ("Mapping rivers from satellites", "Rivers and satellites", "How rivers look to satellites")


def paper(paper_id: str, title: str, *keywords: str, abstract: str | None = None) -> Paper:
    return Paper(id=paper_id, title=title, keywords=keywords, abstract=abstract)


def store(root: Path, date: dt.date, *papers: Paper) -> None:
    write_day(root, Day(date=date, source="huggingface", papers=papers))


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def unrelated(first: int, number: int = 60) -> list[Paper]:
    """Return papers that share no word with any other, so that a word of two papers is a rare one."""
    return [paper(f"2301.{first + n:05}", _spelled(first + n)) for n in range(number)]


def _spelled(number: int) -> str:
    return " ".join(["".join("bdfgklmnpr"[int(digit)] + "a" for digit in str(number + 1000))] * 8)


@pytest.fixture
def rivers(tmp_path: Path) -> Path:
    """Three papers on one subject, a month apart, among others."""
    for number, (date, title) in enumerate(zip((MAY, JUNE, JULY), RIVERS, strict=True)):
        store(tmp_path, date, paper(f"240{number}.00001", title, "remote sensing"), *unrelated(100 * number))
    return tmp_path


def nearest(papers: list[Paper], asked: Paper, *with_it: Paper) -> tuple[str, ...]:
    """Return what is near `asked`, on a date after `papers` were listed."""
    earlier = SimilarityIndex()
    try:
        earlier.take(papers, ())
        return earlier.take([asked, *with_it], {asked.id})[asked.id]
    finally:
        earlier.close()


def test_a_paper_is_related_to_those_of_earlier_dates_and_never_to_its_own_or_a_later_date(rivers: Path) -> None:
    store(rivers, JUNE, paper("2401.00001", RIVERS[1], "remote sensing"), paper("2401.00009", RIVERS[1]))
    report = relate_archive(rivers)
    related = read_related(rivers)
    assert report.complete
    assert related["2400.00001"] == ()
    assert related["2401.00001"] == related["2401.00009"] == ("2400.00001",)
    assert set(related["2402.00001"]) == {"2400.00001", "2401.00001", "2401.00009"}


def test_a_paper_listed_again_counts_on_its_first_date_alone(rivers: Path) -> None:
    again = paper("2400.00001", RIVERS[0], "remote sensing")
    store(rivers, JULY, again, paper("2402.00001", RIVERS[2], "remote sensing"))
    assert str(relate_archive(rivers)) == "2 of 123 papers related to earlier ones"
    assert set(read_related(rivers)["2402.00001"]) == {"2400.00001", "2401.00001"}
    assert read_related(rivers)["2400.00001"] == ()
    assert '"2400.00001":' not in (rivers / "2024/07/related.json").read_text()


def test_the_file_has_one_line_a_paper_by_id_and_since_when_it_holds(rivers: Path) -> None:
    relate_archive(rivers)
    text = (rivers / "2024/06/related.json").read_text()
    head, *lines, last = text.splitlines()
    assert head == '{"since": "2024-05-27", "papers": {'
    assert lines[-1] == '"2401.00001": ["2400.00001"]'
    assert len(lines) == 61
    assert lines == sorted(lines)
    assert last == "}}"
    assert set(json.loads(text)["papers"]) == {"2401.00001", *(one.id for one in unrelated(100))}


def test_a_second_run_finds_nothing_new_and_changes_no_byte(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    starts: list[int] = []
    assert str(relate_archive(rivers, on_start=starts.append)) == "nothing new"
    assert starts == [0]
    assert files(rivers) == before


def test_a_new_day_changes_the_file_of_its_month_only_and_no_line_that_was_there(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    store(rivers, JULY + dt.timedelta(days=1), paper("2402.00002", RIVERS[0], "remote sensing"))
    assert str(relate_archive(rivers)) == "1 of 1 papers related to earlier ones"
    after = files(rivers)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"2024/07/02.json", "2024/07/related.json"}
    lines, kept = (
        {*text[name].replace(b",\n", b"\n").splitlines()}
        for text in (after, before)
        for name in changed
        if name in before
    )
    assert kept < lines


def test_what_was_found_once_stays_whatever_becomes_of_the_text(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)["2024/07/related.json"]
    store(rivers, JULY, paper("2402.00001", "Something else"), *unrelated(200))
    relate_archive(rivers)
    assert files(rivers)["2024/07/related.json"] == before


def test_an_archive_that_grew_by_nights_has_the_files_of_one_that_was_made_at_once(tmp_path: Path) -> None:
    nights, at_once = tmp_path / "nights", tmp_path / "at-once"
    for number, date in enumerate((MAY, JUNE, JULY, JULY + dt.timedelta(days=1))):
        listed = [paper(f"240{number}.00001", RIVERS[number % 3]), *unrelated(100 * number)]
        store(nights, date, *listed)
        relate_archive(nights)
        store(at_once, date, *listed)
    relate_archive(at_once)
    assert files(nights) == files(at_once)


def test_an_archive_that_has_grown_backwards_is_related_anew(rivers: Path) -> None:
    relate_archive(rivers)
    store(rivers, MAY - dt.timedelta(days=40), paper("2399.00001", RIVERS[0], "remote sensing"))
    assert relate_archive(rivers).outcomes[-1].papers == 61
    assert set(read_related(rivers)["2402.00001"]) == {"2399.00001", "2400.00001", "2401.00001"}
    assert b'"since": "2024-04-17"' in files(rivers)["2024/07/related.json"]
    assert str(relate_archive(rivers)) == "nothing new"


def test_a_gap_that_is_filled_later_changes_nothing_that_was_found(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)
    store(rivers, MAY + dt.timedelta(days=7), paper("2400.00007", RIVERS[0], "remote sensing"))
    relate_archive(rivers)
    after = files(rivers)
    assert after["2024/07/related.json"] == before["2024/07/related.json"]
    assert read_related(rivers)["2400.00007"] == ("2400.00001",)


def test_a_paper_found_to_be_listed_in_an_earlier_month_moves_there_and_is_found_anew(rivers: Path) -> None:
    relate_archive(rivers)
    store(rivers, JUNE - dt.timedelta(days=7), paper("2402.00001", RIVERS[2], "remote sensing"))
    relate_archive(rivers)
    assert read_related(rivers)["2402.00001"] == ("2400.00001",)
    assert "2402.00001" not in (rivers / "2024/07/related.json").read_text()


def test_a_day_that_does_not_read_costs_only_itself_and_loses_nothing_that_was_found(rivers: Path) -> None:
    relate_archive(rivers)
    before = files(rivers)["2024/06/related.json"]
    day_path(rivers, JUNE).write_text("{")
    store(rivers, JUNE + dt.timedelta(days=1), paper("2401.00002", RIVERS[1], "remote sensing"))
    relate_archive(rivers)
    assert read_related(rivers)["2401.00001"] == ("2400.00001",)
    assert set(before.splitlines()) - set(files(rivers)["2024/06/related.json"].splitlines()) <= {
        before.splitlines()[-2]
    }
    assert read_related(rivers)["2401.00002"] == ("2400.00001",)


def test_what_is_said_of_a_paper_that_is_gone_goes_with_it(rivers: Path) -> None:
    relate_archive(rivers)
    store(rivers, JULY, *unrelated(200))
    relate_archive(rivers)
    assert "2402.00001" not in read_related(rivers)


def test_a_run_whose_time_is_over_does_one_month_and_the_next_goes_on(rivers: Path) -> None:
    seconds = count()
    reports: list[Report] = []
    while not reports or not reports[-1].complete:
        reports.append(relate_archive(rivers, run_s=0.5, clock=lambda: float(next(seconds))))
    assert [[outcome.date.month for outcome in report.outcomes] for report in reports] == [[5], [6], [7]]
    assert str(reports[0]) == "0 of 61 papers related to earlier ones, 122 left: the time of this run is over"
    at_once = rivers / "at-once"
    for date in (MAY, JUNE, JULY):
        path = day_path(at_once, date)
        path.parent.mkdir(parents=True)
        path.write_bytes(day_path(rivers, date).read_bytes())
    relate_archive(at_once)
    assert read_related(at_once) == read_related(rivers)


def test_a_run_that_is_stopped_keeps_the_months_it_has_done(rivers: Path) -> None:
    def stop(outcome: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relate_archive(rivers, on_outcome=stop)
    assert [name for name in files(rivers) if name.endswith("related.json")] == ["2024/05/related.json"]
    assert [outcome.date.month for outcome in relate_archive(rivers).outcomes] == [6, 7]


BROKEN = {
    "cut": '{"since": "2024-05-27", "papers": {',
    "an id that is none": '{"since": "2024-05-27", "papers": {"../../etc": []}}',
    "a related id that is none": '{"since": "2024-05-27", "papers": {"2401.00001": ["javascript:x"]}}',
    "no date": '{"since": "yesterday", "papers": {}}',
    "another key": '{"since": "2024-05-27", "papers": {}, "paper": {}}',
    "no UTF-8": '{"since": "2024-05-27", "papers": {"\udcff": []}}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_file_that_does_not_read_is_named_by_check_and_set_aside_by_the_next_run(rivers: Path, text: str) -> None:
    relate_archive(rivers)
    path = rivers / "2024/06/related.json"
    whole = path.read_bytes()
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArchiveError, match=r"related\.json.*restore it from git, or delete it"):
        read_related(rivers)
    assert [fault.path for fault in check(rivers)] == [path]
    assert [outcome.date.month for outcome in relate_archive(rivers).outcomes] == [6]
    assert path.read_bytes() == whole
    assert path.with_name("related.json.unreadable").exists()


def test_check_tells_the_place_in_a_file_that_does_not_read(rivers: Path) -> None:
    (rivers / "2024/06/related.json").write_text(BROKEN["a related id that is none"])
    assert [fault.at for fault in check(rivers)] == ["$.papers[...][0]"]


def test_a_file_that_is_a_link_is_neither_followed_nor_written_through(rivers: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"since": "2024-05-27", "papers": {"2401.00001": ["2400.00001"]}}')
    (rivers / "2024/06/related.json").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    relate_archive(rivers)
    assert elsewhere.read_bytes() == before
    assert not (rivers / "2024/06/related.json").is_symlink()


def test_an_archive_another_run_writes_to_is_refused(rivers: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from daily_papers.archive.file_io import archive_lock\n"
        "with archive_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, rivers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(ArchiveError, match="another run is writing"):
            relate_archive(rivers)
        holder.communicate("")
    assert not (rivers / LOCK).exists()
    assert relate_archive(rivers).complete


def test_an_empty_archive_has_nothing_to_relate(tmp_path: Path) -> None:
    assert str(relate_archive(tmp_path)) == "nothing new"
    assert read_related(tmp_path) == {}
    assert not files(tmp_path)


def test_without_fts5_nothing_is_related_and_the_report_says_so(rivers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(sqlite3.Connection):
        """A connection of an SQLite that was built without it."""

        def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
            if "fts5" in sql:
                raise sqlite3.OperationalError("no such module: fts5")
            return super().execute(sql, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", lambda path: Bare(path))
    report = relate_archive(rivers)
    assert str(report) == "183 left: this Python's SQLite has no FTS5, which finds them"
    assert not list(rivers.glob("**/related.json"))


def test_a_name_weighs_more_than_words_that_everybody_uses() -> None:
    others = [paper(f"2401.{n:05}", f"Large language models {n}", "language models", "reasoning") for n in range(40)]
    family = paper("2401.00050", "DeepSeek-Coder: code intelligence", "code generation")
    asked = paper("2402.00001", "DeepSeek-V3 of language models", "language models", "reasoning")
    assert nearest([*others, family, *unrelated(0)], asked)[0] == family.id


def test_the_versions_of_one_model_are_near_each_other() -> None:
    older = paper("2401.00001", "InternVL2.5 in the open")
    assert nearest([older, *unrelated(0, 600)], paper("2402.00001", "InternVL3: recipes")) == (older.id,)


def test_an_abstract_tells_what_a_title_alone_does_not() -> None:
    said = "Documents become markdown. The markdown of documents keeps their layout, whatever a layout is."
    older = paper("2401.00001", "Sandpiper", abstract=said)
    asked = paper("2402.00001", "Kittiwake report", abstract=f"{said} A kittiwake.")
    assert nearest([older, *unrelated(0)], asked) == (older.id,)
    assert nearest([older, *unrelated(0)], paper("2402.00001", "Kittiwake report")) == ()


def test_a_word_in_passing_makes_no_paper_related() -> None:
    older = paper("2401.00001", "Rivers", abstract=f"Of {' '.join(f'matter{n}' for n in range(200))} and glaciers.")
    asked = paper("2402.00001", RIVERS[0], *(f"subject {n}" for n in range(8)), "glaciers")
    known = [paper(f"2401.0001{n}", f"Zo{n}", f"subject {n}") for n in range(8)]
    related = nearest([older, *known, *unrelated(0)], asked)
    assert set(related) <= {one.id for one in known}


def test_among_equals_the_later_date_comes_first_then_the_smaller_id() -> None:
    earlier = SimilarityIndex()
    earlier.take([paper("2401.00001", RIVERS[1]), *unrelated(0)], ())
    earlier.take([paper("2401.00009", RIVERS[1]), paper("2401.00003", RIVERS[1])], ())
    found = earlier.take([paper("2402.00001", RIVERS[1])], {"2402.00001"})
    earlier.close()
    assert found == {"2402.00001": ("2401.00003", "2401.00009", "2401.00001")}


def test_among_few_papers_what_all_have_in_common_makes_none_related() -> None:
    older = [paper(f"2401.0000{n}", f"Language models {_spelled(n)}", "language models") for n in range(9)]
    assert nearest(older, paper("2402.00001", "Language models of rivers", "language models")) == ()


def test_there_are_five_at_the_most() -> None:
    many = [paper(f"2401.0000{n}", RIVERS[1]) for n in range(9)]
    assert len(nearest([*many, *unrelated(0, 200)], paper("2402.00001", RIVERS[1]))) == MOST_NEAR


HOSTILE = {
    "syntax": 'rivers" OR title : * NEAR(a b, 2) ^x + - NOT AND (',
    "columns": "title: abstract: rank:",
    "quotes": "\"\"\"' '' `",
    "NUL": "riv\0ers \0 rivers",
    "nothing": " \t ",
    "signs": "!!! ??? *** :::",
    "Korean": "강의 흐름을 따라가는 언어 모델",
    "no words to FTS5": "²³ ½ Ⅷ 🌊🌊 ꙮ 𝟙 \u0345 \U0001e900",
    "a million characters": "rivers " * 143_000,
    "one word of a million": "r" * 1_000_000,
    "a million names": "InternVL3.5-" * 80_000,
    "one of many words": "-".join(f"river{n}" for n in range(200_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_is_ever_taken_for_syntax_or_takes_long(text: str) -> None:
    older = [paper(f"2401.0000{n}", text, text, abstract=text) for n in range(2)]
    asked = paper("2402.00001", text, text, *[text[:2000]] * 200, abstract=text)
    assert set(nearest([*older, *unrelated(0)], asked)) <= {one.id for one in older}


def test_a_korean_title_finds_the_words_it_shares() -> None:
    older = paper("2401.00001", "강의 흐름을 따라가는 모델")
    assert nearest([older, *unrelated(0)], paper("2402.00001", "강의 흐름을 재는 방법")) == (older.id,)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(strategies.dates, min_size=1, max_size=5, unique=True).flatmap(
        lambda dates: st.tuples(*map(strategies.days, dates))
    )
)
def test_whatever_is_stored_related_papers_are_earlier_ones_and_a_second_run_changes_nothing(
    days: tuple[Day, ...],
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for day in days:
            write_day(root, day)
        assert relate_archive(root).complete
        first: dict[str, dt.date] = {}
        for day in sorted(days, key=lambda day: day.date):
            for one in day.papers:
                first.setdefault(one.id, day.date)
        related = read_related(root)
        assert related.keys() == first.keys()
        assert all(first[other] < first[one] for one, others in related.items() for other in others)
        assert all(len(set(others)) == len(others) <= MOST_NEAR for others in related.values())
        before = files(root)
        relate_archive(root)
        assert files(root) == before
