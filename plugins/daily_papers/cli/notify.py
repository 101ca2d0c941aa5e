"""Webhook message about a day whose list has closed: `python -m daily_papers.cli.notify BEFORE`.

BEFORE is the instant, with its zone, of the last nightly run that stored anything. The newest day is announced if its
list has closed since.

DAILY_PAPERS_WEBHOOK is the address of an incoming webhook of Slack or Discord. Discord is recognized by its host; any
other host gets Slack's format. The address is a secret and is never printed. The message is sent once, without retries:
a message sent twice is worse than a lost one. Exits 0, or 1 if the webhook did not accept the message.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config import load_config

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.cli.safe_output import run_program
from daily_papers.mkdocs_plugin.project import Project
from daily_papers.model.dates import current_instant, feed_day
from daily_papers.model.records import Day, Paper
from daily_papers.model.text import cut, single_line
from daily_papers.net.webhook import post_webhook

WEBHOOK_VARIABLE = "DAILY_PAPERS_WEBHOOK"
PAPERS = 5
"""Maximum number of papers in a message, those with the most votes."""
TITLE_CHARS = 200
_DISCORD_HOSTS = ("discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com")


def slack_message(day: Day, page: str) -> dict[str, object]:
    """Return the message in Slack's format.

    Only `&`, `<` and `>` are escaped: every link and mention begins with one of them. Other characters change the
    typeface at most.
    """

    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    lines = [f"• {_votes(paper)}{escape(_title(paper))}" for paper in day.ranked[:PAPERS]]
    head = f"<{page}|{day.date}>" if page else str(day.date)
    return {"text": "\n".join((f"*{head}* · {_papers(day)}", *lines)), "unfurl_links": False}


def discord_message(day: Day, page: str) -> dict[str, object]:
    """Return the message in Discord's format: Markdown with escaped titles, and without mentions."""

    def escape(text: str) -> str:
        return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:@])", r"\\\1", text)

    lines = [f"- {_votes(paper)}{escape(_title(paper))}" for paper in day.ranked[:PAPERS]]
    head = f"[{day.date}](<{page}>)" if page else str(day.date)
    return {"content": "\n".join((f"**{head}** · {_papers(day)}", *lines))[:2000], "allowed_mentions": {"parse": []}}


def post(webhook: str, day: Day, page: str) -> str | None:
    """Post the message. Return None, or a reason for the failure that does not contain the address."""
    try:
        host = urlsplit(webhook).hostname
    except ValueError as e:
        return type(e).__name__
    message = discord_message if host in _DISCORD_HOSTS else slack_message
    return post_webhook(webhook, message(day, page))


def closed_since(root: Path, before: dt.datetime, now: dt.datetime) -> Day | None:
    """Return the newest stored day with a closed list at `now`, None if that list was closed at `before` already.

    Raises ArchiveError if the day cannot be read.
    """
    dates = [date for date in stored_dates(root) if date < feed_day(now)]
    return read_day(root, dates[-1]) if dates and dates[-1] >= feed_day(before) else None


def main(arguments: Sequence[str]) -> int:
    config = load_config("mkdocs.yml")
    project = Project.find(config)
    day = closed_since(project.archive_root, dt.datetime.fromisoformat(arguments[0]), current_instant())
    if day is None:
        return 0
    page = f"{config.site_url.rstrip('/')}/{project.urls.day(day.date)}" if config.site_url else ""
    reason = post(os.environ[WEBHOOK_VARIABLE], day, page)
    failure = f"The webhook did not accept the message about {day.date}: {reason}"
    print(failure if reason else f"Sent the message about {day.date} to the webhook.")
    return 1 if reason else 0


def _title(paper: Paper) -> str:
    return cut(single_line(paper.title), TITLE_CHARS)


def _votes(paper: Paper) -> str:
    return f"▲ {paper.votes} " if paper.votes is not None else ""


def _papers(day: Day) -> str:
    return "1 paper" if len(day.papers) == 1 else f"{len(day.papers)} papers"


if __name__ == "__main__":
    run_program(main)
