"""The fetch at the start of a build."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from tests.factories import store_titles
from tests.sites import NOWHERE, REPOSITORY, build, build_site, make_site
from tests.upstream import Upstream, record

MONDAY = dt.date(2026, 7, 13)
NOW = "2026-07-15T03:17:00Z"


def test_a_build_fetches_the_refresh_window_and_the_newest_missing_dates(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"since": dt.date(2026, 1, 1)})
    upstream.list_papers("2026-07-13", record("2607.00001", title="A paper of Monday"))
    build_site(site, environment={"HF_ENDPOINT": upstream.url, "DAILY_PAPERS_NOW": NOW})
    assert "A paper of Monday" in (site / "site/2026/07/13/index.html").read_text("utf-8")
    asked = sorted(request.query["date"] for request in upstream.requests)
    assert asked[-1] == "2026-07-15"
    assert len(asked) == 6 + 30  # the weekdays of the window, and thirty more


def test_a_build_stops_fetching_at_the_first_refused_connection(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"fetch": "auto"})
    store_titles(site / "docs", MONDAY, "One")
    before = {path: path.read_bytes() for path in (site / "docs").rglob("*") if path.is_file()}
    log = build_site(site, environment={"HF_ENDPOINT": NOWHERE, "DAILY_PAPERS_NOW": NOW})
    assert log.count("unreachable") == 1
    assert {path: path.read_bytes() for path in (site / "docs").rglob("*") if path.is_file()} == before


def test_the_environment_variable_overrides_the_option_fetch(tmp_path: Path, upstream: Upstream) -> None:
    site = make_site(tmp_path, {"fetch": "auto"})
    environment = {"HF_ENDPOINT": upstream.url, "DAILY_PAPERS_FETCH": "never"}
    assert build(site, "--strict", environment=environment).returncode == 0
    assert not upstream.requests
    done = build(site, environment={**environment, "DAILY_PAPERS_FETCH": "sometimes"})
    assert done.returncode == 1
    assert "DAILY_PAPERS_FETCH is 'sometimes': expected one of auto, never" in done.stderr


@pytest.mark.fault(60)
def test_a_build_without_a_network_gives_the_same_bytes_as_one_that_never_fetches(tmp_path: Path) -> None:
    built = []
    for number, fetch in enumerate(("auto", "never")):
        site = make_site(tmp_path / str(number), {"fetch": fetch, "since": "2024-03-01"})
        shutil.copytree(REPOSITORY / "docs/2024", site / "docs/2024")
        done = build(site, environment={"SOURCE_DATE_EPOCH": "0", "DAILY_PAPERS_NOW": "2024-03-09T03:17:00Z"})
        assert done.returncode == 0, done.stderr
        files = (path for path in (site / "site").rglob("*") if path.is_file())
        built.append({str(path.relative_to(site)): path.read_bytes() for path in files})
    assert built[0] == built[1]
