"""Corrections by people: `curation.yml` next to the archive, and summaries edited in the day files themselves."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.archive.curation import CURATION, Correction, Curation, curate_day, read_curation, unlisted_ids
from daily_papers.archive.day_files import day_path, read_day
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check
from daily_papers.jobs.fetch import fetch_archive
from daily_papers.model.merge import merge_days
from daily_papers.model.records import Day, Failure, Github, Media, Organization, Paper, Summary
from tests.strategies import days, ids
from tests.upstream import Upstream, record

DATE = dt.date(2024, 10, 15)
AT = dt.datetime(2024, 10, 20, 3, tzinfo=dt.UTC)
DAY = Day(
    date=DATE,
    source="huggingface",
    papers=(
        Paper(id="2410.10210", title="One", votes=9, thumbnail="https://a.example/1.png"),
        Paper(id="2410.10220", title="Two", votes=5, authors=("A",), organization=Organization("lab", "The Lab")),
        Paper(
            id="2410.10300",
            title="Three",
            votes=1,
            summaries={"en": Summary(("A sentence.",), "huggingface")},
            failures={"ko": Failure(reason="numbers", by="a-model", at=AT, prompt="p", input="i")},
        ),
    ),
)


def curation_of(folder: Path, text: str) -> Curation:
    """Write `text` as the curation of the archive in `folder` and read it."""
    (folder / CURATION).write_text(text, "utf-8")
    return read_curation(folder)


def curated(folder: Path, text: str) -> dict[str, Paper]:
    return {paper.id: paper for paper in curate_day(DAY, curation_of(folder, text)).papers}


def test_a_hidden_paper_is_left_out_and_a_pinned_one_comes_first(tmp_path: Path) -> None:
    curated_day = curate_day(DAY, curation_of(tmp_path, "2410.10210:\n  hide: true\n2410.10300:\n  pin: true\n"))
    assert [(paper.id, paper.pinned) for paper in curated_day.ranked] == [("2410.10300", True), ("2410.10220", False)]


@pytest.mark.parametrize("written", ["2410.10210", "'2410.10210'", '"2410.10210"'])
def test_an_id_that_looks_like_a_number_stays_an_id_quoted_or_not(tmp_path: Path, written: str) -> None:
    assert curation_of(tmp_path, f"{written}: {{hide: true}}").corrections.keys() == {"2410.10210"}


def test_every_correctable_field_has_the_form_that_a_fetch_stores(tmp_path: Path) -> None:
    paper = curated(
        tmp_path,
        """
        2410.10220:
          title: 'On "this:" and 12'
          authors: [Ada  Lovelace, No]
          abstract: |
            One line
            and the next.

            A paragraph.
          thumbnail: https://a.example/b.png
          media: [{url: https://a.example/c.mp4, kind: video}]
          keywords: [1e3, yes]
          organization: Another Lab
          github: https://github.com/a/b
          project_page: https://a.example/
          summaries: {ko: ["**점**: 하나", 둘], en-GB: []}
        """,
    )["2410.10220"]
    assert paper == Paper(
        id="2410.10220",
        title='On "this:" and 12',
        authors=("Ada Lovelace", "No"),
        abstract="One line and the next.\nA paragraph.",
        votes=5,
        thumbnail="https://a.example/b.png",
        media=(Media("https://a.example/c.mp4", "video"),),
        keywords=("1e3", "yes"),
        organization=Organization("Another Lab"),
        github=Github("https://github.com/a/b"),
        project_page="https://a.example/",
        summaries={"ko": Summary(("**점**: 하나", "둘"), "hand"), "en-GB": Summary((), "hand")},
    )


@pytest.mark.parametrize("empty", ["", "''", "~", "null"])
def test_an_empty_value_removes_a_field(tmp_path: Path, empty: str) -> None:
    assert curated(tmp_path, f"2410.10210: {{thumbnail: {empty}}}")["2410.10210"].thumbnail is None
    assert curated(tmp_path, f"2410.10220: {{organization: {empty}, authors: []}}")["2410.10220"] == Paper(
        id="2410.10220", title="Two", votes=5
    )


def test_a_summary_is_added_to_those_in_other_languages_and_removes_a_failure(tmp_path: Path) -> None:
    paper = curated(tmp_path, "2410.10300: {summaries: {ko: [하나]}}")["2410.10300"]
    assert paper.summaries == {"en": DAY.papers[2].summaries["en"], "ko": Summary(("하나",), "hand")}
    assert not paper.failures


@given(day=days(), corrected=st.sets(ids))
def test_curating_is_idempotent_and_changes_only_corrected_papers(day: Day, corrected: set[str]) -> None:
    curation = Curation({name: Correction(hide=name.endswith("1"), fields={"pinned": True}) for name in corrected})
    curated_day = curate_day(day, curation)
    assert curate_day(curated_day, curation) == curated_day
    assert (curated_day is day) == corrected.isdisjoint(paper.id for paper in day.papers)
    assert [paper for paper in day.papers if paper.id not in corrected] == [
        paper for paper in curated_day.papers if paper.id not in corrected
    ]


@pytest.mark.parametrize("text", [None, "", "# no corrections yet\n", "{}\n"])
def test_no_file_or_an_empty_one_corrects_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / CURATION).write_text(text)
    assert curate_day(DAY, read_curation(tmp_path)) is DAY


MISTAKES = {
    "an unknown key": ("2410.10210:\n  hid: true", "line 2", 'unknown key "hid"; did you mean "hide"?'),
    "votes": ("2410.10210:\n  votes: 3", "line 2", 'unknown key "votes"; expected one of hide, pin, title'),
    "a version": ("2410.10210v2: {hide: true}", "line 1", '"2410.10210v2" is no id: expected one such as 2402.19173'),
    "half an id": ("\n2410.1021: {}\n'2410.1': {}", "line 3", '"2410.1" is no id'),
    "another word": ("2410.10210:\n  hide: yes", "line 2", 'hide of 2410.10210 is "yes": expected true or false'),
    "no list": ("2410.10210:\n  authors: Ada", "line 2", 'authors of 2410.10210 is "Ada": expected a list of names'),
    "an empty title": ("2410.10210:\n  title: ''", "line 2", 'title of 2410.10210 is "": expected a line of text'),
    "an address": ("2410.10210:\n  github: javascript:x()", "line 2", "expected an address that begins with https://"),
    "a film": ("2410.10210:\n  media: [{url: https://a.example/b, kind: film}]", "line 2", "video, image or animation"),
    "a language": ("2410.10210:\n  summaries: {Korean: [x]}", "line 2", "expected bullets by language"),
    "a bare bullet": ("2410.10210:\n  summaries: {ko: x}", "line 2", "expected bullets by language"),
    "an id alone": ("2410.10210:", "line 1", "expected fields below 2410.10210, such as 'hide: true'"),
    "an id twice": ("2410.10210: {pin: true}\n'2410.10210': {hide: true}", "line 2", "the first is on line 1"),
    "a key twice": ("2410.10210:\n  pin: true\n  pin: false", "line 3", '"pin" is repeated'),
    "a language twice": ("2410.10210:\n  summaries:\n    ko: [x]\n    ko: [y]", "line 4", '"ko" is repeated'),
    "a list": ("- 2410.10210", "line 1", "expected papers by their ids, found ['2410.10210']"),
    "a key of two": ("? [2410.10210]\n: {}", "line 1", "expected papers by their ids"),
    "no YAML": ("2410.10210:\n  title: A: B", "line 2", "is not YAML: mapping values are not allowed"),
    "a tab": ("2410.10210:\n\thide: true", "line 2", "is not YAML"),
    "two documents": ("--- {}\n--- {}", "line 2", "is not YAML"),
    "an alias": ("2410.10210: &a {title: b}\n2410.10211: *a", "line 2", "*a is a YAML alias"),
    "itself": ("2410.10210: &a {title: *a}", "line 1", "*a is a YAML alias"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_names_the_line_what_was_found_and_what_was_expected(tmp_path: Path, case: str) -> None:
    text, at, message = MISTAKES[case]
    with pytest.raises(ArchiveError) as caught:
        curation_of(tmp_path, text)
    assert caught.value.path == tmp_path / CURATION
    assert caught.value.at == at
    assert message in str(caught.value)
    assert [str(error) for error in check(tmp_path)] == [str(caught.value)]


def test_a_file_that_is_not_utf_8_or_has_another_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / CURATION).write_bytes(b"2410.10210: {title: \xc3\x28}")
    with pytest.raises(ArchiveError, match="is not YAML in UTF-8"):
        read_curation(tmp_path)
    (tmp_path / "curation.yaml").write_text("2410.10210: {hide: true}")
    with pytest.raises(ArchiveError, match=r"curation\.yaml: is not read under this name; rename it to curation\.yml"):
        read_curation(tmp_path)


def test_ids_that_no_day_lists_are_reported(tmp_path: Path) -> None:
    curation = curation_of(tmp_path, "2410.10211: {hide: true}\n2410.10210: {hide: true}\nhep-th/9901001: {pin: true}")
    assert unlisted_ids(curation, [DAY]) == ["2410.10211", "hep-th/9901001"]


FETCHED = dt.date(2026, 7, 13)


def fetch(root: Path, upstream: Upstream, hour: int) -> Day:
    """Fetch FETCHED at `hour` of the next day and return the stored day."""
    now = dt.datetime(2026, 7, 14, hour, tzinfo=dt.UTC)
    fetch_archive(root, "huggingface", now=now, since=FETCHED, until=FETCHED, refresh_days=7)
    stored = read_day(root, FETCHED)
    assert stored is not None
    return stored


def edit_summary(path: Path, indent: int) -> None:
    """Edit the file as a person would: change a bullet, set `by` to `hand`, and save it with another indentation."""
    day = json.loads(path.read_text("utf-8"))
    day["papers"][0]["summaries"]["en"] = {"bullets": ["Water runs **downhill**, always."], "by": "hand"}
    text = json.dumps(day, ensure_ascii=False, indent=indent)
    path.write_text(text + "\n", "utf-8")


def test_a_bullet_corrected_by_hand_survives_fetches_imports_and_models(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    upstream.list_papers(str(FETCHED), record("2607.00001"))
    fetch(tmp_path, upstream, 3)
    edit_summary(day_path(tmp_path, FETCHED), indent=1)
    upstream.list_papers(str(FETCHED), record("2607.00001", votes=8, ai_summary="Another sentence."))
    day = fetch(tmp_path, upstream, 9)
    by_hand = Summary(("Water runs **downhill**, always.",), "hand")
    assert day.papers[0].votes == 8
    assert day.papers[0].summaries == {"en": by_hand}
    for by in ("digest", "a-model", "mkdocs-daily-papers", "huggingface"):
        paper = Paper(id="2607.00001", title="x", summaries={"en": Summary(("Something else.",), by)})
        other = Day(date=FETCHED, source="x", fetched_at=day.fetched_at, papers=(paper,))
        for merged in (merge_days(day, other), merge_days(other, day)):
            assert merged.papers[0].summaries == {"en": by_hand}, by
