"""Curation: ROOT/curation.yml, permanent corrections of papers by people, independent of later fetches.

    2402.19173:
      hide: true
    2403.00522:
      pin: true
      title: A title without the typo
      summaries: {ko: ["**새로운 점**: …"]}

`read_curation` reads the file, and `curate_day` applies it to a day before it is shown. The stored days are never
changed, and only people write the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
import yaml

from daily_papers.archive.yaml_files import (
    YamlFileError,
    mapping_items,
    node_value,
    quote_value,
    read_yaml_file,
    unknown_key_error,
)
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
"""Name of the file, below the archive's folder."""

_Language = Annotated[str, msgspec.Meta(pattern=rf"^{LANGUAGE_PATTERN}$(?!\n)")]


class Correction(msgspec.Struct, frozen=True):
    """The corrections of one paper. `fields` and `summaries` replace the stored ones of the same name or language."""

    hide: bool = False
    fields: dict[str, Any] = {}
    """Values by field name of Paper."""
    summaries: dict[str, Summary] = {}


class Curation(msgspec.Struct, frozen=True):
    """Corrections by paper id; the paper may be listed on any number of dates."""

    corrections: dict[str, Correction] = {}


def read_curation(root: Path) -> Curation:
    """Return the curation of the archive below `root`, an empty one if there is no file.

    Raises ArchiveError, with the line, for any mistake in the file: applying only a part of it would be worse.
    """
    return read_yaml_file(root / CURATION, _parse_curation) or Curation()


def curate_day(day: Day, curation: Curation) -> Day:
    """Return `day` with `curation` applied; the same object if it has no correction for any of the papers."""
    corrections = curation.corrections
    if not corrections or corrections.keys().isdisjoint(paper.id for paper in day.papers):
        return day
    pairs = [(paper, corrections.get(paper.id, _NO_CORRECTION)) for paper in day.papers]
    papers = tuple(_correct(paper, correction) for paper, correction in pairs if not correction.hide)
    return msgspec.structs.replace(day, papers=papers)


def unlisted_ids(curation: Curation, days: Iterable[Day]) -> list[str]:
    """Return the ids in `curation` that none of `days` lists: mistyped, or of a paper not listed yet."""
    listed = {paper.id for day in days for paper in day.papers}
    return sorted(curation.corrections.keys() - listed)


_NO_CORRECTION = Correction()


def _correct(paper: Paper, correction: Correction) -> Paper:
    return msgspec.structs.replace(
        paper,
        **correction.fields,
        summaries={**paper.summaries, **correction.summaries},
        failures={code: failure for code, failure in paper.failures.items() if code not in correction.summaries},
    )


_T = TypeVar("_T")


class _Field(NamedTuple):
    type: Any
    """Type to which msgspec converts the texts in the file."""
    expected: str
    """Description of a valid value, for error messages."""
    to_record: Callable[[Any], Any] = lambda value: value
    """Converts a value of `type` into the value in the record; raises ValueError if it is invalid."""


def _not_empty(text: str | None) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _as_tuple(value: tuple[_T, ...] | str) -> tuple[_T, ...]:
    """Return `value`; an empty text counts as an empty list. Raises ValueError for any other text."""
    if isinstance(value, str):
        if value:
            raise ValueError("not a list")
        return ()
    return value


def _lines(texts: tuple[str, ...] | str) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_line, _as_tuple(texts))))


def _address(text: str) -> str | None:
    if text and not safe_url(text):
        raise ValueError("unsafe address")
    return safe_url(text)


def _github(text: str) -> Github | None:
    url = _address(text)
    return Github(url) if url else None


def _organization(value: Organization | str) -> Organization | None:
    organization = Organization(value) if isinstance(value, str) else value
    name = clean_line(organization.name)
    return Organization(name, clean_line(organization.fullname or "") or None) if name else None


def _media(media: tuple[Media, ...] | str) -> tuple[Media, ...]:
    return tuple(Media(_not_empty(_address(medium.url)), medium.kind) for medium in _as_tuple(media))


def _summaries(bullets: dict[str, tuple[str, ...] | str]) -> dict[str, Summary]:
    return {language: Summary(_lines(texts), by="hand") for language, texts in bullets.items()}


_ADDRESS = _Field(str, "an address that begins with https://, or nothing to remove it", _address)
_DECISION = _Field(bool, "true or false")

_FIELDS = {
    "hide": _DECISION,
    "pin": _DECISION,
    "title": _Field(str, "a line of text", lambda text: _not_empty(clean_line(text))),
    "authors": _Field(tuple[str, ...] | str, "a list of names, such as [Ada Lovelace, Alan Turing]", _lines),
    "abstract": _Field(str, "text, or nothing to remove it", lambda text: clean_block(text) or None),
    "thumbnail": _ADDRESS,
    "media": _Field(
        tuple[Media, ...] | str,
        "a list, such as [{url: https://…, kind: video}]; a kind is video, image or animation",
        _media,
    ),
    "keywords": _Field(tuple[str, ...] | str, "a list of words, such as [agents, retrieval]", _lines),
    "organization": _Field(Organization | str, "a name, or {name: …, fullname: …}", _organization),
    "github": _Field(str, _ADDRESS.expected, _github),
    "project_page": _ADDRESS,
    "summaries": _Field(
        dict[_Language, tuple[str, ...] | str], 'bullets by language, such as {ko: ["**새로운 점**: …"]}', _summaries
    ),
}


def _parse_curation(node: yaml.Node | None) -> Curation:
    return Curation(dict(_parse_corrections(node)) if node else {})


def _parse_corrections(root: yaml.Node) -> Iterator[tuple[str, Correction]]:
    for key, node in mapping_items(root, "papers by their ids"):
        if not re.match(PAPER_ID_PATTERN, key.value):
            raise YamlFileError(
                f"{quote_value(key.value)} is no id: expected one such as 2402.19173, without a version", key
            )
        values = dict(_parse_values(node, key.value))
        summaries = values.pop("summaries", {})
        hide = values.pop("hide", False)
        if "pin" in values:
            values["pinned"] = values.pop("pin")
        yield key.value, Correction(hide, values, summaries)


def _parse_values(node: yaml.Node, paper_id: str) -> Iterator[tuple[str, Any]]:
    """Yield each key of one correction with its value in the record."""
    for key, value_node in mapping_items(node, f"fields below {paper_id}, such as 'hide: true'"):
        field = _FIELDS.get(key.value)
        if field is None:
            raise unknown_key_error(paper_id, key, _FIELDS)
        value = node_value(value_node)
        try:
            converted = field.to_record(msgspec.convert(value, field.type, strict=False))
        except ValueError as e:
            message = f"{key.value} of {paper_id} is {quote_value(value)}: expected {field.expected}"
            raise YamlFileError(message, key) from e
        yield key.value, converted
