"""Organizations and authors: under which name each stands in an address.

Records in, plain data out; pages are left to `pages`.
"""

from __future__ import annotations

import hashlib
import re

_ODD = re.compile(r"[^a-z0-9]+")


def organization_slug(name: str) -> str:
    """Return what stands for an organization in addresses: its name at Hugging Face, which is unique but for case.

    A name with other signs than those of an address is told apart by the beginning of its hash.
    """
    slug = _ODD.sub("-", name.lower()).strip("-")[:60]
    if slug and slug == name.lower():
        return slug
    return f"{slug or 'o'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
