"""The files that describe the site to programs: archive.json, the JSON schemas, llms.txt."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from daily_papers.archive.day_files import encode_day, stored_dates
from daily_papers.archive.ledger import LedgerEntry, write_ledger
from daily_papers.model import records
from daily_papers.model.json_schema import json_schema
from daily_papers.model.records import Day
from daily_papers.site.data import machine_index
from daily_papers.site.urls import Urls
from tests import strategies
from tests.factories import load_site, make_paper, module_files, store_day
from tests.sites import REPOSITORY, build, make_site

BUNDLED = REPOSITORY / "docs"
DATE = dt.date(2024, 3, 1)
SITE = "https://papers.example/archive/"
OF_DAY = json_schema(Day, module=records, address="day.json", title="A day")


def published(root: Path, *, site_url: str = SITE, site_name: str = "A test", path: str = "") -> dict[str, bytes]:
    site = load_site(root, languages=["en", "ko"], urls=Urls(path), site_url=site_url, site_name=site_name)
    files = module_files(machine_index, site)
    assert list(machine_index.addresses(site)) == list(files)
    return files


def validator(files: dict[str, bytes], name: str) -> Draft202012Validator:
    schema = json.loads(files[f"schema/{name}.json"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.fixture(scope="module")
def bundled() -> dict[str, bytes]:
    return published(BUNDLED)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an archive with a stored day, a failed date, and a date whose only paper is hidden."""
    store_day(tmp_path, DATE, make_paper(1, votes=7), make_paper(2, votes=2))
    store_day(tmp_path, DATE + dt.timedelta(days=3), make_paper(3))
    (tmp_path / "curation.yml").write_text("2607.00003: {hide: true}\n")
    failed = LedgerEntry("failed", "no answer", tried=DATE)
    write_ledger(tmp_path, {DATE: LedgerEntry("complete"), DATE - dt.timedelta(days=1): failed})
    return tmp_path


def test_every_bundled_day_matches_the_schema(bundled: dict[str, bytes]) -> None:
    of_day = validator(bundled, "day")
    dates = stored_dates(BUNDLED)
    assert dates
    for date in dates:
        of_day.validate(json.loads((BUNDLED / f"{date:%Y/%m/%d}.json").read_bytes()))


def test_archive_json_matches_its_schema_and_has_every_bundled_day_newest_first(bundled: dict[str, bytes]) -> None:
    listed = json.loads(bundled["archive.json"])
    validator(bundled, "archive").validate(listed)
    assert [entry["date"] for entry in listed] == [str(date) for date in reversed(stored_dates(BUNDLED))]
    assert listed[-1]["url"] == f"{SITE}2024/02/29.json"


@settings(max_examples=40)
@given(strategies.days())
def test_every_day_that_can_be_stored_matches_the_schema(day: Day) -> None:
    Draft202012Validator(OF_DAY, format_checker=FormatChecker()).validate(json.loads(encode_day(day)))


def a_record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads((BUNDLED / "2024/03/01.json").read_bytes())
    return record


BROKEN: dict[str, Any] = {
    "a newer schema": lambda record: record.update(schema=2),
    "no date": lambda record: record.pop("date"),
    "an impossible date": lambda record: record.update(date="2024-02-31"),
    "a mistyped key": lambda record: record["papers"][0].update(autors=[]),
    "a paper without an id": lambda record: record["papers"][0].pop("id"),
    "an id with a version": lambda record: record["papers"][0].update(id="2402.19173v2"),
    "an id that is a number": lambda record: record["papers"][0].update(id=2402.1917),
    "votes below zero": lambda record: record["papers"][0].update(votes=-1),
    "null for what is absent": lambda record: record["papers"][0].update(abstract=None),
    "a vote without its day": lambda record: record["papers"][0].update(vote_history=[[3]]),
    "an unknown kind of media": lambda record: record["papers"][0].update(media=[{"url": "u", "kind": "sound"}]),
    "a summary by nobody": lambda record: record["papers"][0].update(summaries={"ko": {"bullets": []}}),
}


@pytest.mark.parametrize("breaks", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_record_does_not_match_the_schema(bundled: dict[str, bytes], breaks: Any) -> None:
    record = a_record()
    validator(bundled, "day").validate(record)
    breaks(record)
    with pytest.raises(ValidationError):
        validator(bundled, "day").validate(record)


@pytest.mark.parametrize(
    "entry",
    [
        {"date": "2024-03-01", "papers": 1, "votes": 1, "state": "fine"},
        {"date": "2024-03-01", "papers": 1, "votes": 1},
        {"date": "1 March", "papers": 1, "votes": 1, "state": "complete"},
        {"date": "2024-03-01", "papers": 1, "votes": 1, "state": "complete", "url": None},
        {"date": "2024-03-01", "papers": 1, "votes": 1, "state": "complete", "more": 1},
    ],
)
def test_a_broken_entry_does_not_match_the_schema_of_the_list(bundled: dict[str, bytes], entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validator(bundled, "archive").validate([entry])


def test_schemas_have_address_title_and_descriptions_of_structs_and_fields(bundled: dict[str, bytes]) -> None:
    for name in ("day", "archive"):
        schema = json.loads(bundled[f"schema/{name}.json"])
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"{SITE}schema/{name}.json"
        assert schema["title"]
        assert all(struct["description"] for struct in schema["$defs"].values())
    paper = json.loads(bundled["schema/day.json"])["$defs"]["Paper"]
    assert paper["properties"]["votes"]["description"] == "Upvotes as last seen."
    assert paper["properties"]["abstract"] == {
        "description": "Plain text; a line break ends a paragraph.",
        "type": "string",
    }


def test_archive_json_has_the_state_of_every_date_and_the_address_of_its_record(root: Path) -> None:
    files = published(root)
    assert files["archive.json"].decode().splitlines() == [
        "[",
        '{"date":"2024-03-04","papers":0,"votes":0,"state":"empty"},',
        f'{{"date":"2024-03-01","papers":2,"votes":9,"state":"complete","url":"{SITE}2024/03/01.json"}},',
        '{"date":"2024-02-29","papers":0,"votes":0,"state":"failed"}',
        "]",
    ]
    validator(files, "archive").validate(json.loads(files["archive.json"]))


def test_without_site_url_addresses_are_relative(root: Path) -> None:
    files = published(root, site_url="", path="papers")
    assert json.loads(files["papers/archive.json"])[1]["url"] == "../papers/2024/03/01.json"
    assert json.loads(files["papers/schema/day.json"])["$id"] == "day.json"
    assert "(../papers/archive.json)" in files["papers/llms.txt"].decode()


def test_the_same_archive_gives_the_same_bytes(root: Path) -> None:
    assert published(root) == published(root)


def test_an_empty_archive_has_an_empty_list(tmp_path: Path) -> None:
    files = published(tmp_path)
    assert json.loads(files["archive.json"]) == []
    assert files["llms.txt"].decode().startswith("# A test\n\n> ")


def test_llms_txt_has_title_sentence_and_lists_of_links(bundled: dict[str, bytes]) -> None:
    text = bundled["llms.txt"].decode()
    title, _, quote = text.splitlines()[:3]
    assert title == "# A test"
    assert re.fullmatch(r"> An archive of papers .* on \d+ dates, 2024-02-29 to \d{4}-\d\d-\d\d\.", quote)
    assert re.findall("^## (.+)$", text, re.MULTILINE) == ["Data", "Newest dates", "Topics", "Optional"]
    links = [line for line in text.splitlines() if line.startswith("- ")]
    assert all(re.fullmatch(rf"- \[.+\]\({SITE}[^()\s]+\): .+", line) for line in links)
    assert len(links) > 20


@pytest.mark.fault(56)
def test_a_hostile_site_name_is_only_a_title_in_llms_txt(root: Path) -> None:
    name = "A\n\n# [x](javascript:alert(1)) <script>`*_\u202e " + "n" * 1_000_000
    text = published(root, site_name=name)["llms.txt"].decode()
    title, blank, *_ = text.splitlines()
    assert title.startswith(r"# A \# \[x\]\(javascript:alert\(1\)\) \<script\>\`\*\_ nnn")
    assert blank == ""
    assert "\u202e" not in text


def test_a_build_publishes_all_files_and_keeps_the_llms_txt_of_the_author(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_day(site / "docs", DATE, make_paper())
    (site / "docs/llms.txt").write_text("My own.\n")
    assert build(site, "--strict").returncode == 0
    assert (site / "site/llms.txt").read_text() == "My own.\n"
    listed = json.loads((site / "site/archive.json").read_bytes())
    assert [entry["date"] for entry in listed] == ["2024-03-01"]
    schema = json.loads((site / "site/schema/day.json").read_bytes())
    Draft202012Validator(schema).validate(json.loads((site / "site/2024/03/01.json").read_bytes()))
    assert 'href="../archive.json"' in (site / "site/archive/index.html").read_text("utf-8")
