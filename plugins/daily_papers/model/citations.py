"""BibTeX and RIS entries of papers, escaped for either syntax.

`cite` makes a Citation of a paper and the date that lists it; `bibtex_entry` and `ris_record` write it.
assets/js/lib/citation-formats.mjs writes the same entries in a reader's browser. A paper has the same key in both, and
escapes agree to the letter.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote as quote_url

import msgspec

from daily_papers.model.author_names import AuthorName, clean_name, parse_name
from daily_papers.model.records import ARXIV, Paper
from daily_papers.model.text import NAME_CHARS, cut, normalize, safe_url

DOI_PREFIX = "10.48550/arXiv."
"""Prefix of the DOI that arXiv registers with DataCite for each of its papers."""
MAX_KEY_WORD_CHARS = 40
"""Length of the author's and of the title's word in a key. A title without blanks may be one very long word."""
MAX_RAW_KEY_CHARS = 4 * MAX_KEY_WORD_CHARS
"""Characters of a name or word that a key is made of. The time of a normalization can be quadratic."""

_CATEGORY = re.compile(r"[a-z-]{1,20}(?:\.[A-Za-z-]{1,20})?")
_ARXIV_ID = re.compile(r"([0-9]{2})([0-9]{2})\.[0-9]{4,5}")

# The characters that \s, \p{Cc} and \p{Pd} match in JavaScript. Python's own \s matches another set.
_JS_WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_JS_DASHES = (
    "\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63"
    "\uff0d\U00010ead-"
)
_WHITE_SPACE = re.compile(f"[{_JS_WHITE_SPACE}\x00-\x1f\x7f-\x9f]+")
_WORD_SEPARATOR = re.compile(f"[{_JS_WHITE_SPACE}:/{_JS_DASHES}]+")
_TWO_NAMES = re.compile(r"\band\b", re.ASCII | re.IGNORECASE)
_NO_KEY_CHAR = re.compile("[^a-z0-9]")

# BibTeX counts a brace even after a backslash, so escapes must not contain an unbalanced one.
_TEX_ESCAPES = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_UNSAFE_IN_ADDRESS = re.compile(r"[\\{} ]")
_STOP_WORDS = re.compile(
    "a|an|and|are|as|at|by|can|do|does|for|from|how|in|is|of|on|or|the|to|towards|via|what|when|with"
)


class Citation(msgspec.Struct, frozen=True):
    """The fields of a paper's bibliography entry."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    date: str = ""
    """2024-02-29, or 2024-02 if only the month is known."""
    url: str = ""
    doi: str = ""
    category: str = ""
    """The primary category at arXiv, as `cs.CL`."""


def cite(paper: Paper, listed: dt.date) -> Citation:
    """Return the citation of `paper`, listed on `listed`.

    It contains all authors whose entry `is_name`, each cut to NAME_CHARS characters as on pages.
    """
    authors = (cut(name, NAME_CHARS) for name in paper.authors)
    return Citation(
        id=paper.id,
        title=paper.title,
        authors=tuple(name for name in authors if is_name(name)),
        date=citation_date(paper, listed),
        url=f"{ARXIV}/abs/{paper.id}" if paper.is_on_arxiv else safe_url(paper.project_page) or "",
        doi=f"{DOI_PREFIX}{paper.id}" if paper.is_on_arxiv else "",
        category=primary_category(paper),
    )


def citation_title(title: str, paper_id: str) -> str:
    """Return `title`, or `paper_id` if the title is blank."""
    return title if _collapse(title) else paper_id


def is_name(text: str) -> bool:
    """Return True if `text` contains a letter or digit; some author lists contain a `+`, which is no name."""
    return any(map(str.isalnum, text))


def primary_category(paper: Paper) -> str:
    """Return the primary category of a paper at arXiv, empty if it is unknown or of another form than `cs.CL`."""
    category = (paper.arxiv and paper.arxiv.primary_category) or ""
    return category if paper.is_on_arxiv and _CATEGORY.fullmatch(category) else ""


def citation_date(paper: Paper, listed: dt.date) -> str:
    """Return the date of publication: the day from arXiv, else the month in the arXiv id, else the day `listed`."""
    if paper.published:
        return paper.published.isoformat()
    arxiv_id = _ARXIV_ID.fullmatch(paper.id)
    return f"20{arxiv_id[1]}-{arxiv_id[2]}" if arxiv_id else listed.isoformat()


def citation_key(citation: Citation, used_keys: set[str]) -> str:
    """Return a key such as `muller2024groe` and add it to `used_keys`; a second equal key gets the suffix `-2`."""
    names = _parse_names(citation)
    author = _key_chars(names[0].family)[:MAX_KEY_WORD_CHARS] if names else ""
    words = map(_key_chars, _WORD_SEPARATOR.split(citation.title))
    word = next((word for word in words if len(word) > 1 and not _STOP_WORDS.fullmatch(word)), _key_chars(citation.id))
    key = unique = f"{author or 'anonymous'}{citation.date[:4]}{word[:MAX_KEY_WORD_CHARS]}"
    number = 1
    while unique in used_keys:
        number += 1
        unique = f"{key}-{number}"
    used_keys.add(unique)
    return unique


def bibtex_entry(citation: Citation, key: str) -> str:
    """Return the BibTeX entry of `citation`, with letters in UTF-8 and every character special to TeX escaped."""
    year, _, rest = citation.date.partition("-")
    fields = {
        "title": f"{{{_escape_tex(citation_title(citation.title, citation.id))}}}",
        "author": " and ".join(map(_bibtex_author, _parse_names(citation))),
        "year": year,
        "month": rest[:2].lstrip("0"),
        "eprint": _escape_address(citation.id) if _is_arxiv(citation) else "",
        "archiveprefix": "arXiv" if _is_arxiv(citation) else "",
        "primaryClass": _escape_address(citation.category) if _is_arxiv(citation) else "",
        "doi": _escape_address(citation.doi),
        "url": _escape_address(citation.url),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"


def ris_record(citation: Citation) -> str:
    """Return the RIS record of `citation`: one tag a line; line breaks within a value become blanks."""
    year, month, day = (*citation.date.split("-"), "", "")[:3]
    lines = [
        ("TY", "UNPB"),
        ("TI", citation_title(citation.title, citation.id)),
        *(("AU", str(name)) for name in _parse_names(citation)),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("DO", citation.doi),
        ("UR", citation.url),
    ]
    if _is_arxiv(citation):
        lines += [("PB", "arXiv"), ("AN", f"arXiv:{citation.id}")]
    filled = "".join(f"{tag}  - {_collapse(value)}\r\n" for tag, value in lines if value)
    return f"{filled}ER  - \r\n\r\n"


def _is_arxiv(citation: Citation) -> bool:
    return not citation.id.startswith("x-")


def _collapse(text: str) -> str:
    """Return `text` on one line, each run of white space and control characters as one blank."""
    return _WHITE_SPACE.sub(" ", text).strip(" ")


def _parse_names(citation: Citation) -> list[AuthorName]:
    """Return the names of the authors; an entry without a name is left out."""
    return [parse_name(name) for name in map(clean_name, map(_collapse, citation.authors)) if name]


def _escape_tex(text: str) -> str:
    return _collapse(text).translate(_TEX_ESCAPES)


def _bibtex_author(author: AuthorName) -> str:
    """Return a name for BibTeX, in braces if it is a team, or if BibTeX would read it as two names or more parts."""
    is_ambiguous = _TWO_NAMES.search(author.name) or "," in author.given or author.name.lower() == "others"
    if is_ambiguous or (author.is_team and " " in author.name):
        return f"{{{_escape_tex(author.name)}}}"
    if author.is_read_by_bibtex:
        return _escape_tex(author.name)
    return ", ".join(map(_escape_tex, filter(None, (author.family, author.suffix, author.given))))


def _escape_address(address: str) -> str:
    """Return `address` with the characters percent-encoded that would unbalance an entry; BibTeX prints the others."""
    return _UNSAFE_IN_ADDRESS.sub(lambda match: quote_url(match[0]), _collapse(address))


def _key_chars(text: str) -> str:
    """Return the letters a to z and the digits of `text`, the characters that every BibTeX accepts in a key."""
    return _NO_KEY_CHAR.sub("", normalize("NFKD", text[:MAX_RAW_KEY_CHARS]).lower())
