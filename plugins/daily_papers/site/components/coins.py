"""A paper as reference managers read it off a page: COinS, a ContextObject in the title of an empty span.

A Paper goes in, the attributes of that span come out, ready for the template. Zotero's connector offers every span of a
page. The format is ANSI/NISO Z39.88-2004 in key and value; of its kinds Dublin Core is the one in which Zotero takes a
preprint for what it is (`rft.type`; the journal's would make an article in a journal without a name). The scripts read
the same spans to copy and export.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import quote_plus

from markupsafe import Markup

from daily_papers.model.citations import DOI_PREFIX, citation_date, citation_title, is_name
from daily_papers.model.records import Paper

MAX_AUTHORS = 50
"""Those beyond are left out, and the span says how many there are: one paper of 75 has more, a few have hundreds."""

_KIND = "info%3Aofi%2Ffmt%3Akev%3Amtx%3Adc"
_BEGINNING = f"ctx_ver=Z39.88-2004&amp;rft_val_fmt={_KIND}&amp;rft.type=preprint&amp;rft.title="
_AUTHOR = "&amp;rft.au="
# Names of only these are names, and need nothing but their blanks replaced; that is what nearly all are.
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z. -]*")


def citation_attributes(paper: Paper, authors: Sequence[str], date: dt.date, address: str) -> Markup:
    """Return `title="…"` for the span of `paper`, listed on `date`, which `address` leads to; that may be empty.

    `authors` are its authors, each of a length that can be shown. Of more than MAX_AUTHORS, `data-authors` is how many.
    """
    names = filter(None, map(_quoted_name, authors[:MAX_AUTHORS]))
    parts = [_BEGINNING, quote_plus(citation_title(paper.title, paper.id), errors="replace")]
    parts += [_AUTHOR + name for name in names]
    parts.append(f"&amp;rft.date={citation_date(paper, date)}")
    if address:
        parts.append("&amp;rft_id=" + quote_plus(address, "/:"))
    if paper.is_on_arxiv:
        parts.append(f"&amp;rft.publisher=arXiv&amp;rft_id=info:doi/{DOI_PREFIX}{paper.id}")
    coins = "".join(parts)
    count = len(authors)
    # Both values are made of percent-encoded text, or of digits: nothing is left that could end an attribute.
    if count > MAX_AUTHORS:
        said = f"&amp;rft.description=The+first+{MAX_AUTHORS}+of+{count}+authors."
        return Markup(f'title="{coins}{said}" data-authors="{count}"')  # noqa: S704
    return Markup(f'title="{coins}"')  # noqa: S704


def _quoted_name(name: str) -> str:
    """Return a name percent-encoded; empty if it is none."""
    if _PLAIN_NAME.fullmatch(name):
        return name.replace(" ", "+")
    return quote_plus(name, errors="replace") if is_name(name) else ""
