"""A paper in a bibliography: BibTeX and RIS, one entry each, made harmless for either syntax.

A Paper and the date that lists it go in, a Citation comes out, and of that the text of an entry.
assets/js/lib/citation-formats.mjs writes the same in a reader's browser: a paper has the same key in both, and
escapes agree to the letter.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from urllib.parse import quote

import msgspec

from daily_papers.model.records import ARXIV, Paper
from daily_papers.model.text import NAME_CHARS, cut, safe_url

DOI_PREFIX = "10.48550/arXiv."
"""DataCite's, under which arXiv registers a DOI for every paper it has."""
MAX_KEY_WORD_CHARS = 40
"""Of a title's word in a key: one without blanks is as long as a stranger likes."""

_OF_ARXIV = re.compile(r"([0-9]{2})([0-9]{2})\.[0-9]{4,5}")

# What JavaScript's \s and \p{Cc} match, and its \p{Pd}: Python's own \s is another set.
_WHITE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_DASHES = (
    "\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63"
    "\uff0d\U00010ead-"
)
_BLANKS = re.compile(f"[{_WHITE}\x00-\x1f\x7f-\x9f]+")
_BETWEEN_WORDS = re.compile(f"[{_WHITE}:/{_DASHES}]+")
_ODD_NAME = re.compile(r"\band\b|,[^\n\r\u2028\u2029]*,", re.ASCII | re.IGNORECASE)
_NOT_PLAIN = re.compile("[^a-z0-9]")

# A brace counts even behind a backslash, so that it must not be one.
_TEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_IN_ADDRESS = re.compile(r"[\\{} ]")
_STOP_WORDS = re.compile(
    "a|an|and|are|as|at|by|can|do|does|for|from|how|in|is|of|on|or|the|to|towards|via|what|when|with"
)


class Citation(msgspec.Struct, frozen=True):
    """What bibliographies say of a paper."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    date: str = ""
    """As 2024-02-29 or 2024-02."""
    url: str = ""
    doi: str = ""


def cite(paper: Paper, listed: dt.date) -> Citation:
    """Return what is cited of `paper`, listed on `listed`: all authors, but for what is no name, as pages cut them."""
    authors = (cut(name, NAME_CHARS) for name in paper.authors)
    return Citation(
        id=paper.id,
        title=paper.title,
        authors=tuple(name for name in authors if is_name(name)),
        date=citation_date(paper, listed),
        url=f"{ARXIV}/abs/{paper.id}" if paper.is_on_arxiv else safe_url(paper.project_page) or "",
        doi=f"{DOI_PREFIX}{paper.id}" if paper.is_on_arxiv else "",
    )


def cited_title(title: str, paper_id: str) -> str:
    """Return what a paper is called: `title`, or its id if that is nothing but blanks."""
    return title if _line(title) else paper_id


def is_name(text: str) -> bool:
    """Tell whether a letter or figure is in `text`: some lists of authors have a `+` among them."""
    return any(map(str.isalnum, text))


def citation_date(paper: Paper, listed: dt.date) -> str:
    """Return when the paper came out: the day arXiv knows, the month its id names, or the day it was listed."""
    if paper.published:
        return paper.published.isoformat()
    of_arxiv = _OF_ARXIV.fullmatch(paper.id)
    return f"20{of_arxiv[1]}-{of_arxiv[2]}" if of_arxiv else listed.isoformat()


def citation_key(citation: Citation, taken: set[str]) -> str:
    """Return the key of an entry, as `muller2024groe`, and add it to `taken`; the second such one ends in `-2`."""
    names = _names(citation)
    author = _plain(names[0][0]) if names else ""
    words = map(_plain, _BETWEEN_WORDS.split(citation.title))
    word = next((word for word in words if len(word) > 1 and not _STOP_WORDS.fullmatch(word)), _plain(citation.id))
    key = unique = f"{author or 'anonymous'}{citation.date[:4]}{word[:MAX_KEY_WORD_CHARS]}"
    number = 1
    while unique in taken:
        number += 1
        unique = f"{key}-{number}"
    taken.add(unique)
    return unique


def bibtex_entry(citation: Citation, key: str) -> str:
    """Return the entry of `citation` in BibTeX: letters as they are, in UTF-8, and no sign that TeX would run."""
    year, _, rest = citation.date.partition("-")
    fields = {
        "title": f"{{{_tex(cited_title(citation.title, citation.id))}}}",
        "author": " and ".join(map(_tex_name, citation.authors)),
        "year": year,
        "month": rest[:2].lstrip("0"),
        "eprint": _tex_address(citation.id) if _is_arxiv(citation) else "",
        "archiveprefix": "arXiv" if _is_arxiv(citation) else "",
        "doi": _tex_address(citation.doi),
        "url": _tex_address(citation.url),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"


def ris_record(citation: Citation) -> str:
    """Return the record of `citation` in RIS: a tag a line, whatever breaks a title has."""
    year, month, day = (*citation.date.split("-"), "", "")[:3]
    lines = [
        ("TY", "UNPB"),
        ("TI", cited_title(citation.title, citation.id)),
        *(("AU", f"{family}, {given}" if given else family) for family, given in _names(citation)),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("DO", citation.doi),
        ("UR", citation.url),
    ]
    if _is_arxiv(citation):
        lines += [("PB", "arXiv"), ("AN", f"arXiv:{citation.id}")]
    filled = "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines if value)
    return f"{filled}ER  - \r\n\r\n"


def _is_arxiv(citation: Citation) -> bool:
    return not citation.id.startswith("x-")


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


def _names(citation: Citation) -> list[tuple[str, str]]:
    """Return family and given name of each author."""
    return [_parted(_line(name)) for name in citation.authors]


def _parted(name: str) -> tuple[str, str]:
    """Part a name as bibliographies do: the family's begins at the first small word (van der), else it is the last."""
    last, *others = re.split(" *, *", name)
    if others:
        return last, ", ".join(others)
    words = name.split(" ")
    small = (place for place, word in enumerate(words) if place and word and unicodedata.category(word[0]) == "Ll")
    first_small = next(small, len(words))
    at = first_small if first_small < len(words) - 1 else len(words) - 1
    return " ".join(words[at:]), " ".join(words[:at])


def _tex(text: str) -> str:
    return _line(text).translate(_TEX)


def _tex_name(name: str) -> str:
    """Keep a name together that would be read as two, or as more than family and given name."""
    is_odd = _ODD_NAME.search(name) or _line(name).lower() == "others"
    return f"{{{_tex(name)}}}" if is_odd else _tex(name)


def _tex_address(address: str) -> str:
    """Return an address as it is set, which is as it stands: only what would unbalance an entry must go."""
    return _IN_ADDRESS.sub(lambda found: quote(found[0]), _line(address))


def _plain(text: str) -> str:
    """Return the letters and figures of `text` that every BibTeX reads."""
    return _NOT_PLAIN.sub("", unicodedata.normalize("NFKD", text).lower())
