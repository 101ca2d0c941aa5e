"""COinS: a paper's metadata for reference managers, as an OpenURL ContextObject in the title of an empty span.

Zotero's connector offers every span of a page. The format is ANSI/NISO Z39.88-2004 in key and value. Of its kinds,
Dublin Core is the one in which Zotero recognizes a preprint (`rft.type`); the journal kind would make an article of a
journal without a name. The scripts read the same spans to copy and export citations.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import quote_plus

from markupsafe import Markup

from daily_papers.model.citations import DOI_PREFIX, citation_date, citation_title, is_name, primary_category
from daily_papers.model.records import Paper

MAX_AUTHORS = 50
"""The span names no more authors, but their number. One paper of 75 has more, a few have hundreds."""

_KIND = "info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc"
_BEGINNING = f"ctx_ver=Z39.88-2004&amp;rft_val_fmt={_KIND}&amp;rft.type=preprint&amp;rft.title="
_AUTHOR = "&amp;rft.au="
# Nearly all names match; only their spaces need encoding.
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z. -]*")


def citation_attributes(paper: Paper, authors: Sequence[str], date: dt.date, address: str) -> Markup:
    """Return the attribute `title="…"` for the span of `paper`, listed on `date`.

    `authors` are its authors, cut to a displayable length. `address` is its page elsewhere, or empty. With more than
    MAX_AUTHORS authors, the attribute `data-authors` has their number.
    """
    names = filter(None, map(_quoted_name, authors[:MAX_AUTHORS]))
    parts = [_BEGINNING, quote_plus(citation_title(paper.title, paper.id), errors="replace")]
    parts += [_AUTHOR + name for name in names]
    parts.append(f"&amp;rft.date={citation_date(paper, date)}")
    if category := primary_category(paper):
        parts.append(f"&amp;rft.subject={category}")
    if address:
        parts.append("&amp;rft_id=" + quote_plus(address, "/:"))
    if paper.is_on_arxiv:
        parts.append(f"&amp;rft.publisher=arXiv&amp;rft_id=info:doi/{DOI_PREFIX}{paper.id}")
    coins = "".join(parts)
    count = len(authors)
    # Both values are percent-encoded text or digits: nothing can end the attribute.
    if count > MAX_AUTHORS:
        note = f"&amp;rft.description=The+first+{MAX_AUTHORS}+of+{count}+authors."
        return Markup(f'title="{coins}{note}" data-authors="{count}"')  # noqa: S704
    return Markup(f'title="{coins}"')  # noqa: S704


def _quoted_name(name: str) -> str:
    """Return a name percent-encoded; empty if it is not a name."""
    if _PLAIN_NAME.fullmatch(name):
        return name.replace(" ", "+")
    return quote_plus(name, errors="replace") if is_name(name) else ""
