"""Post a message to a webhook once."""

from __future__ import annotations

import httpx

TIMEOUT_S = 20.0


def post_webhook(url: str, message: object) -> str | None:
    """Post `message` as JSON to `url`; return None on success, else the reason of the failure.

    The request is not retried, since a repeated message is worse than a missing one. Redirects are not followed. The
    reason never contains the URL, which is a secret.
    """
    try:
        response = httpx.post(url, json=message, timeout=TIMEOUT_S, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as e:
        return type(e).__name__
    return None if response.is_success else f"HTTP {response.status_code}"
