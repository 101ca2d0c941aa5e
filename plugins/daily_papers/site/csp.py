"""Content-Security-Policy of a page, as the first meta tag in its head, and the changes that the policy requires.

A static host sets no headers. In a meta tag, frame-ancestors, sandbox and reports have no effect.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

# A script with a source needs no hash; a data block (application/json, ld+json) is never run.
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\s(?:src|type=\"application/)[^>]*)[^>]*>(.*?)</script>", re.DOTALL)

# The start of the data block at the end of a day's content; strangers' text in it, and before it, is escaped.
_DATA = b'<script type="application/ld+json">'

# Marks Material's link to the repository: its script asks GitHub for stars and forks at each visit.
_GITHUB_REQUEST = ' data-md-component="source"'


def add_policy(
    html: str,
    scripts_of: str,
    *,
    media_hosts: Sequence[str],
    inline_scripts: bool = False,
    searches: bool = False,
) -> str:
    """Return `html` with a policy that allows the site itself, and pictures and videos from `media_hosts`.

    The inline scripts in `scripts_of` are allowed by their hashes. `inline_scripts` allows any: the server of a live
    preview adds one to each page. `searches` allows WebAssembly, which the search runs. Material's request to GitHub,
    which the policy would refuse, is removed.
    """
    html = html.replace(_GITHUB_REQUEST, "")
    if inline_scripts:
        scripts = ["'unsafe-inline'"]
    else:
        scripts = [f"'sha256-{_digest(script)}'" for script in dict.fromkeys(_INLINE_SCRIPT.findall(scripts_of))]
    if searches:
        scripts.append("'wasm-unsafe-eval'")
    media = " ".join(f"https://{host}" for host in media_hosts)
    policy = "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *scripts)),
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: {media}".rstrip(),
            f"media-src 'self' {media}".rstrip(),
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )
    return html.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def split_structured_data(content: bytes) -> tuple[bytes, bytes]:
    """Return the content of a page without the data block at its end, and that block, which belongs in the head.

    Material's instant navigation runs every script in the content it loads, whatever its type: JSON is a syntax error,
    and the policy refuses it. It does not run scripts in the head.
    """
    end = content.rfind(_DATA)
    return (content, b"") if end < 0 else (content[:end], content[end:])


@lru_cache(maxsize=256)
def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
