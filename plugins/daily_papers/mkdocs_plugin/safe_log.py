"""MkDocs' log: no text of a stranger in it acts as a command to the runner of a workflow."""

from __future__ import annotations

import logging

from daily_papers.model.text import disarm_commands

HOSTS = ("mkdocs", "properdocs")


class _CommandFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = disarm_commands(record.getMessage()), ()
        return True


_filter = _CommandFilter()


def make_log_safe() -> None:
    """Disarm all messages of MkDocs and its plugins, and those of this package outside of MkDocs' log."""
    logging.getLogger("daily_papers").addFilter(_filter)
    for handler in (handler for host in HOSTS for handler in logging.getLogger(host).handlers):
        handler.addFilter(_filter)
