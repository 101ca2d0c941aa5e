"""Tells a chat of a day whose list has closed: `python -m daily_papers.cli.notify BEFORE`.

With DAILY_PAPERS_WEBHOOK set. BEFORE is the instant of the last night that stored anything: what has closed since is
news. Slack's and Discord's incoming webhooks are known, by their hosts; any other address gets Slack's form. The
address is a secret and shown nowhere. It is asked once, never again: a message twice is worse than none. Exits 0, or 1
if it was not taken.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config import load_config

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin
from daily_papers.model.dates import current_instant, feed_day
from daily_papers.model.records import Day, Paper
from daily_papers.model.text import cut, single_line
from daily_papers.net.webhook import post_webhook

WEBHOOK_VARIABLE = "DAILY_PAPERS_WEBHOOK"
PAPERS = 5
TITLE_CHARS = 200
_DISCORD_HOSTS = ("discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com")


def slack_message(day: Day, page: str) -> dict[str, object]:
    """Return Slack's form. Three characters begin all that could lead or call anybody; other marks only change type."""

    def plain(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    lines = [f"• {_votes(paper)}{plain(_title(paper))}" for paper in day.ranked[:PAPERS]]
    head = f"<{page}|{day.date}>" if page else str(day.date)
    return {"text": "\n".join((f"*{head}* · {_papers(day)}", *lines)), "unfurl_links": False}


def discord_message(day: Day, page: str) -> dict[str, object]:
    """Return Discord's form: Markdown in which a title's own marks mean nothing, and which calls nobody."""

    def plain(text: str) -> str:
        return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:@])", r"\\\1", text)

    lines = [f"- {_votes(paper)}{plain(_title(paper))}" for paper in day.ranked[:PAPERS]]
    head = f"[{day.date}](<{page}>)" if page else str(day.date)
    return {"content": "\n".join((f"**{head}** · {_papers(day)}", *lines))[:2000], "allowed_mentions": {"parse": []}}


def post(webhook: str, day: Day, page: str) -> str | None:
    """Post the message; return why it was not taken, None if it was. The reason does not hold the address."""
    try:
        host = urlsplit(webhook).hostname
    except ValueError as e:
        return type(e).__name__
    message = discord_message if host in _DISCORD_HOSTS else slack_message
    return post_webhook(webhook, message(day, page))


def closed_since(root: Path, before: dt.datetime, now: dt.datetime) -> Day | None:
    """Return the newest stored day if its list has closed between the two instants. Raises ArchiveError."""
    dates = [date for date in stored_dates(root) if date < feed_day(now)]
    return read_day(root, dates[-1]) if dates and dates[-1] >= feed_day(before) else None


def main(arguments: Sequence[str]) -> int:
    config = load_config("mkdocs.yml")
    plugin = next(plugin for plugin in config.plugins.values() if isinstance(plugin, DailyPapersPlugin))
    plugin.locate(config)
    day = closed_since(plugin.archive_root, dt.datetime.fromisoformat(arguments[0]), current_instant())
    if day is None:
        return 0
    # Without the site's own address there is no page to lead to.
    page = f"{config.site_url.rstrip('/')}/{plugin.urls.day(day.date)}" if config.site_url else ""
    reason = post(os.environ[WEBHOOK_VARIABLE], day, page)
    print(
        f"The webhook did not take the news of {day.date}: {reason}" if reason else f"Told the webhook of {day.date}."
    )
    return 1 if reason else 0


def _title(paper: Paper) -> str:
    return cut(single_line(paper.title), TITLE_CHARS)


def _votes(paper: Paper) -> str:
    return f"▲ {paper.votes} " if paper.votes is not None else ""


def _papers(day: Day) -> str:
    return "1 paper" if len(day.papers) == 1 else f"{len(day.papers)} papers"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
