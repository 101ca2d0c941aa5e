"""Parts of author names, as bibliographies sort and print them: family name, given name, suffix; or a team as a whole.

assets/js/lib/author-names.mjs has the same rules. A name is read as BibTeX does: the family name begins at the first
lower-case word, or is the last word. These rules are added to it: teams, suffixes, particles with a capital letter
(Van den Broeck), double names (Aguera y Arcas), and remains of a list (and Lei Bai).
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

_REMAINS = " ,;&*∗†‡§¶"
"""Characters around a name: separators of a list, and marks of footnotes."""
_TEAM_WORD = re.compile(
    "teams?|groups?|collaborations?|consortium|contributors|collaborators|community|committee|initiative|project|"
    "association|alliance|foundation|labs?|laborator(?:y|ies)|research(?:ers)?|institute|university|cent(?:er|re)|"
    "department|workshop|society|organization|inc|llc|ltd|gmbh|corp|corporation|company",
    re.IGNORECASE | re.ASCII,
)
_SUFFIX = re.compile(r"[JjSs]r\.?|II|III|IV")
_PARTICLE = re.compile("de|dell?[ao]?|dei|degli|dal|dalla|di|da|dos|van|von|vom|zu|el|al|abu|le|mac|mc")
_ARTICLE = re.compile("la|las|los|den|der")
"""A word that is a part of a family name only after a particle."""
_CONJUNCTION = re.compile("[yie]")
"""A word between the two family names of a person, in Spanish, Catalan and Portuguese."""
_VIETNAMESE_FAMILY = re.compile("Nguyen|Tran|Pham|Hoang|Huynh|Phan|Vu|Vo|Dang|Bui|Ngo")
"""A family name after the given name Van, which is no particle there."""


class AuthorName(msgspec.Struct, frozen=True):
    """A name and its parts. A team, and a name of one word, has a family name only."""

    name: str
    family: str
    given: str = ""
    suffix: str = ""
    is_team: bool = False
    is_read_by_bibtex: bool = True
    """True if BibTeX finds the same parts in the name as it is written."""

    def __str__(self) -> str:
        """Return the name in the order of an index: `Laverghetta, Antonio, Jr.`."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


def clean_name(text: str) -> str:
    """Return `text`, on one line, without the remains of a list of names; empty if nothing else is in it."""
    words = text.split(" ")
    start, end = 0, len(words)
    while start < end and _is_remains(words[start]):
        start += 1
    while start < end and _is_remains(words[end - 1]):
        end -= 1
    return " ".join(words[start:end]).strip(_REMAINS)


def parse_name(name: str) -> AuthorName:
    """Return the parts of a name that `clean_name` has returned."""
    if _is_team(name):
        return AuthorName(name, name, is_team=True)
    family, *others = re.split(" *, *", name)
    suffix = next((part for part in others if _SUFFIX.fullmatch(part)), "")
    others = [part for part in others if part != suffix]
    if others:
        return AuthorName(name, family, ", ".join(others), suffix, is_read_by_bibtex=not suffix and len(others) == 1)
    words = family.split(" ")
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    start = _family_start(words)
    is_read_by_bibtex = not suffix and (_bibtex_family_start(words) == start or bool(_PARTICLE.fullmatch(words[0])))
    family, given = " ".join(words[start:]), " ".join(words[:start])
    return AuthorName(name, family, given, suffix, is_read_by_bibtex=is_read_by_bibtex)


def _is_remains(word: str) -> bool:
    return word.strip(_REMAINS).lower() in ("", "and")


def _is_team(name: str) -> bool:
    words = re.split("[ -]", name)
    return len(words) > 1 and any(word == "AI" or _TEAM_WORD.fullmatch(word.strip(".,")) for word in words)


def _is_particle(word: str) -> bool:
    return bool(_PARTICLE.fullmatch(word.lower()) or _ARTICLE.fullmatch(word.lower()))


def _family_start(words: list[str]) -> int:
    """Return the index of the first word of the family name."""
    found = start = _bibtex_family_start(words, after=1)
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    while start < found and _ARTICLE.fullmatch(words[start].lower()):
        start += 1
    if start > 1 and _CONJUNCTION.fullmatch(words[start]):
        return start - 1
    return found if words[start] == "Van" and _VIETNAMESE_FAMILY.fullmatch(words[-1]) else start


def _bibtex_family_start(words: list[str], after: int = 0) -> int:
    """Return the index of the first lower-case word from `after`, or of the last word."""
    last = len(words) - 1
    return next((n for n in range(after, last) if words[n] and unicodedata.category(words[n][0]) == "Ll"), last)
