"""Messages about a closed day: its first papers in the chat's format, with every title escaped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daily_papers.archive.day_files import write_day
from daily_papers.cli.notify import closed_since, discord_message, post, slack_message
from daily_papers.model.records import Day
from tests.factories import make_day, make_paper

DATE = dt.date(2026, 7, 15)
PAGE = "https://papers.example/2026/07/15/"


def day_of(*titles: str, date: dt.date = DATE) -> Day:
    """Return a day with a paper per title, the best first."""
    return make_day(date, *(make_paper(n, title=title, votes=9 - n) for n, title in enumerate(titles)))


def test_slack_gets_five_escaped_titles() -> None:
    text = str(slack_message(day_of("A <!channel> & more", *"bcdefg"), PAGE)["text"])
    assert text.splitlines()[:2] == [f"*<{PAGE}|2026-07-15>* · 7 papers", "• ▲ 9 A &lt;!channel&gt; &amp; more"]
    assert len(text.splitlines()) == 6


def test_discord_gets_markdown_with_escaped_titles_and_without_mentions() -> None:
    message = discord_message(day_of("@everyone **x** [a](https://b.example)"), PAGE)
    assert message["allowed_mentions"] == {"parse": []}
    assert "\\@everyone \\*\\*x\\*\\* \\[a\\]\\(https\\://b\\.example\\)" in str(message["content"])
    assert len(str(discord_message(day_of(*["x" * 5000] * 9), PAGE)["content"])) <= 2000


def test_a_failed_webhook_is_reported_without_its_address() -> None:
    for webhook in ("http://127.0.0.1:9/services/a-secret", "a-secret", "http://[a-secret/"):
        reason = post(webhook, day_of("t"), PAGE)
        assert reason
        assert "a-secret" not in reason


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("before", "now", "announced"),
    [
        ("2026-07-15T17:41:00Z", "2026-07-15T23:00:00Z", False),  # still open
        ("2026-07-15T17:41:00Z", "2026-07-16T03:17:00Z", True),  # closed since the last run
        ("2026-07-16T03:17:00Z", "2026-07-16T17:41:00Z", False),  # the last run announced it
        ("2026-07-14T17:41:00Z", "2026-07-18T03:17:00Z", True),  # runs were skipped
    ],
)
def test_a_day_is_announced_by_the_first_run_after_its_list_has_closed(
    tmp_path: Path, before: str, now: str, announced: bool
) -> None:
    write_day(tmp_path, day_of("t"))
    assert bool(closed_since(tmp_path, instant(before), instant(now))) == announced


def test_the_newest_closed_day_is_announced_and_not_an_open_one(tmp_path: Path) -> None:
    write_day(tmp_path, day_of("t"))
    write_day(tmp_path, day_of("u", date=DATE + dt.timedelta(days=1)))
    day = closed_since(tmp_path, instant("2026-07-15T17:41:00Z"), instant("2026-07-16T03:17:00Z"))
    assert day is not None
    assert day.date == DATE
    assert closed_since(tmp_path / "empty", instant("2026-07-15T17:41:00Z"), instant("2026-07-16T03:17:00Z")) is None
