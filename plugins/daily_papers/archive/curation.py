"""Curation: ROOT/curation.yml, what people have decided of a paper for good, whatever is fetched later.

    2402.19173:
      hide: true
    2403.00522:
      pin: true
      title: A title without the typo
      summaries: {ko: ["**새로운 점**: …"]}

A folder goes in, a Curation comes out, and with it the day that is shown in place of a stored one. The stored days are
never changed by it, and only people write the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
import yaml

from daily_papers.archive.yaml_files import YamlFileError, entries, plain, read_by_hand, shown, unknown_key
from daily_papers.model.records import (
    LANGUAGE_PATTERN,
    PAPER_ID_PATTERN,
    Day,
    Github,
    Media,
    Organization,
    Paper,
    Summary,
)
from daily_papers.model.text import clean_block, clean_line, safe_url

CURATION = "curation.yml"

_Language = Annotated[str, msgspec.Meta(pattern=rf"^{LANGUAGE_PATTERN}$(?!\n)")]


class Correction(msgspec.Struct, frozen=True):
    """What stands in place of what is stored of a paper. `fields` are those of the record, by name."""

    hide: bool = False
    fields: dict[str, Any] = {}
    summaries: dict[str, Summary] = {}


class Curation(msgspec.Struct, frozen=True):
    """The corrections by the id of the paper; it may stand on any date, and on several."""

    corrections: dict[str, Correction] = {}


def read_curation(root: Path) -> Curation:
    """Return the curation of the archive below `root`, an empty one if there is no file.

    Raises ArchiveError, with the line, for whatever is not as it is expected: half of what was meant would be worse.
    """
    return read_by_hand(root / CURATION, _curation) or Curation()


def curate_day(day: Day, curation: Curation) -> Day:
    """Return `day` as it is to be shown; the very same object if the curation does not touch it."""
    corrections = curation.corrections
    if not corrections or corrections.keys().isdisjoint(paper.id for paper in day.papers):
        return day
    found = [(paper, corrections.get(paper.id, _NONE)) for paper in day.papers]
    papers = tuple(_corrected(paper, correction) for paper, correction in found if not correction.hide)
    return msgspec.structs.replace(day, papers=papers)


def unlisted_ids(curation: Curation, days: Iterable[Day]) -> list[str]:
    """Return the ids in `curation` that stand on none of `days`: mistyped, or of a paper that is yet to come."""
    listed = {paper.id for day in days for paper in day.papers}
    return sorted(curation.corrections.keys() - listed)


_NONE = Correction()


def _corrected(paper: Paper, correction: Correction) -> Paper:
    return msgspec.structs.replace(
        paper,
        **correction.fields,
        summaries={**paper.summaries, **correction.summaries},
        failures={code: failure for code, failure in paper.failures.items() if code not in correction.summaries},
    )


_T = TypeVar("_T")


class _Field(NamedTuple):
    type: Any
    """What msgspec makes of the texts in the file."""
    expected: str
    of_record: Callable[[Any], Any] = lambda value: value
    """Returns what stands in the record; raises ValueError for what cannot stand there."""


def _not_empty(text: str | None) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _listed(value: tuple[_T, ...] | str) -> tuple[_T, ...]:
    """Return a list; nothing stands for an empty one."""
    if isinstance(value, str):
        if value:
            raise ValueError("not a list")
        return ()
    return value


def _lines(texts: tuple[str, ...] | str) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_line, _listed(texts))))


def _address(text: str) -> str | None:
    if text and not safe_url(text):
        raise ValueError("not to be linked to")
    return safe_url(text)


def _github(text: str) -> Github | None:
    url = _address(text)
    return Github(url) if url else None


def _organization(value: Organization | str) -> Organization | None:
    given = Organization(value) if isinstance(value, str) else value
    name = clean_line(given.name)
    return Organization(name, clean_line(given.fullname or "") or None) if name else None


def _media(media: tuple[Media, ...] | str) -> tuple[Media, ...]:
    return tuple(Media(_not_empty(_address(medium.url)), medium.kind) for medium in _listed(media))


def _summaries(bullets: dict[str, tuple[str, ...] | str]) -> dict[str, Summary]:
    return {language: Summary(_lines(texts), by="hand") for language, texts in bullets.items()}


_ADDRESS = _Field(str, "an address that begins with https://, or nothing to take it away", _address)
_DECISION = _Field(bool, "true or false")

_FIELDS = {
    "hide": _DECISION,
    "pin": _DECISION,
    "title": _Field(str, "a line of text", lambda text: _not_empty(clean_line(text))),
    "authors": _Field(tuple[str, ...] | str, "a list of names, as [Ada Lovelace, Alan Turing]", _lines),
    "abstract": _Field(str, "text, or nothing to take it away", lambda text: clean_block(text) or None),
    "thumbnail": _ADDRESS,
    "media": _Field(
        tuple[Media, ...] | str,
        "a list, as [{url: https://…, kind: video}]; a kind is video, image or animation",
        _media,
    ),
    "keywords": _Field(tuple[str, ...] | str, "a list of words, as [agents, retrieval]", _lines),
    "organization": _Field(Organization | str, "a name, or {name: …, fullname: …}", _organization),
    "github": _Field(str, _ADDRESS.expected, _github),
    "project_page": _ADDRESS,
    "summaries": _Field(
        dict[_Language, tuple[str, ...] | str], 'bullets by language, as {ko: ["**새로운 점**: …"]}', _summaries
    ),
}


def _curation(node: yaml.Node | None) -> Curation:
    return Curation(dict(_corrections(node)) if node else {})


def _corrections(root: yaml.Node) -> Iterator[tuple[str, Correction]]:
    for key, node in entries(root, "papers by their ids"):
        if not re.match(PAPER_ID_PATTERN, key.value):
            raise YamlFileError(f"{shown(key.value)} is no id: expected one as 2402.19173, without a version", key)
        values = dict(_values(node, key.value))
        summaries = values.pop("summaries", {})
        hide = values.pop("hide", False)
        if "pin" in values:
            values["pinned"] = values.pop("pin")
        yield key.value, Correction(hide, values, summaries)


def _values(node: yaml.Node, paper_id: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value, as it stands in the record, of each decision and field of one correction."""
    for key, value_node in entries(node, f"below {paper_id} what to do with it, as 'hide: true'"):
        field = _FIELDS.get(key.value)
        if field is None:
            raise unknown_key(paper_id, key, _FIELDS)
        value = plain(value_node)
        try:
            converted = field.of_record(msgspec.convert(value, field.type, strict=False))
        except ValueError as e:
            message = f"{key.value} of {paper_id} is {shown(value)}: expected {field.expected}"
            raise YamlFileError(message, key) from e
        yield key.value, converted
