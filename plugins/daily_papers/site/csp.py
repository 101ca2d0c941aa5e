"""The Content-Security-Policy of a page, as the meta tag that stands first in its head, and what has to heed it.

HTML in, HTML out. A static host sets no headers; frame-ancestors, sandbox and reports have no effect in a meta tag.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

# A script with a source needs no hash; a data block (application/json, ld+json) is never run.
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\s(?:src|type=\"application/)[^>]*)[^>]*>(.*?)</script>", re.DOTALL)

# What a day's content ends with, if it has any: strangers' text in it, and in the content, is escaped.
_DATA = b'<script type="application/ld+json">'

# Marks Material's link to the repository, for whose stars and forks its script asks GitHub: each reader, each visit.
_ASKS_GITHUB = ' data-md-component="source"'


def add_policy(
    html: str,
    scripts_of: str,
    *,
    media_hosts: Sequence[str],
    inline_scripts: bool = False,
    searches: bool = False,
) -> str:
    """Return `html` with a policy that allows the site itself, and pictures and films from `media_hosts`.

    The inline scripts in `scripts_of`, the theme's and ours, are allowed by their hashes; `inline_scripts` allows any,
    which a live preview needs, whose server adds one to each page; `searches` allows to compile WebAssembly, which the
    search is. What Material would do against the policy is taken out.
    """
    html = html.replace(_ASKS_GITHUB, "")
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
    """Return the content of a page, and the data block it ends with, if any, which belongs in the page's head.

    Material's instant navigation runs every script of the content it brings in, whatever its type: as JavaScript, data
    is an error, and refused by the policy. What comes into the head it does not run.
    """
    end = content.rfind(_DATA)
    return (content, b"") if end < 0 else (content[:end], content[end:])


@lru_cache(maxsize=256)
def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
