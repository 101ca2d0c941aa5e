"""Post a message to a webhook once."""

from __future__ import annotations

import asyncio

import httpx

from daily_papers.net import event_loop

DEADLINE_S = 20.0
"""Time for the whole request, from connecting to the last byte of the answer."""


def post_webhook(url: str, message: object, *, deadline_s: float = DEADLINE_S) -> str | None:
    """Post `message` as JSON to `url`; return None on success, else the reason of the failure.

    The request is not retried, since a repeated message is worse than a missing one. Redirects are not followed. The
    reason never contains the URL, which is a secret.
    """
    try:
        return event_loop.run(_post(url, message, deadline_s))
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as e:
        return type(e).__name__


async def _post(url: str, message: object, deadline_s: float) -> str | None:
    async with (
        asyncio.timeout(deadline_s),
        httpx.AsyncClient(timeout=deadline_s, follow_redirects=False) as client,
        client.stream("POST", url, json=message) as response,
    ):
        return None if response.is_success else f"HTTP {response.status_code}"
