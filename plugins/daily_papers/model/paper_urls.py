"""Paper ids in addresses: of a paper on arXiv, on sites that show arXiv's papers, and on pages of an archive."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from daily_papers.model.records import read_paper_id
from daily_papers.model.text import safe_url

_PAPER_FOLDERS = {
    "arxiv.org": ("abs", "pdf", "html", "format", "src", "e-print", "ps"),
    "ar5iv.org": ("abs", "html", "pdf"),
    "alphaxiv.org": ("abs", "html", "overview", "pdf"),
    "huggingface.co": ("papers",),
    "hf.co": ("papers",),
    "papers.cool": ("arxiv",),
    "doi.org": ("10.48550",),
}
"""Sites whose addresses contain arXiv ids, with the folders that the id follows. Subdomains count too."""

_ID_PREFIX = re.compile(r"arxiv[.:]", re.IGNORECASE)
# The address of a day's page of an archive, with or without directory URLs. Its fragment is the paper's id.
_DAY_PAGE = re.compile(r"/[0-9]{4}/[0-9]{2}/[0-9]{2}(?:/|\.html)?$")


def find_arxiv_id(url: str | None) -> str | None:
    """Return the arXiv id, without version, of the paper at the address `url`; None for any other address."""
    parts = _split(url)
    folder, _, rest = unquote(parts.path).lstrip("/").partition("/")
    if folder.lower() not in _folders(parts.hostname or ""):
        return None
    name = _ID_PREFIX.sub("", rest.rstrip("/"), count=1) if _ID_PREFIX.match(rest) else rest.rstrip("/")
    paper_id = read_paper_id(name.removesuffix(".pdf"))
    return None if paper_id is None or paper_id.startswith("x-") else paper_id


def find_archived_id(url: str | None) -> str | None:
    """Return the id of the paper at `url` if that is a paper on a day's page of an archive, else None."""
    parts = _split(url)
    return read_paper_id(unquote(parts.fragment)) if _DAY_PAGE.search(parts.path) else None


def _split(url: str | None) -> SplitResult:
    return urlsplit(safe_url(url) or "")


def _folders(host: str) -> tuple[str, ...]:
    """Return the folders of papers on `host`; empty for a site that is not listed."""
    for site, folders in _PAPER_FOLDERS.items():
        if host == site or host.endswith(f".{site}"):
            return folders
    return ()
