"""Addresses of this machine, at which a server may listen."""

from __future__ import annotations

import socket

from daily_papers.model.text import error_line


def find_fault(host: str, port: int) -> str | None:
    """Return the reason why no server can listen at `host` and `port`, None if one can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers in Python do
            probe.bind((host, port))
    except (OSError, OverflowError) as e:
        return error_line(e)
    return None
