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

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
import yaml

from daily_papers.errors import ArchiveError
from daily_papers.models import LANGUAGE_PATTERN, PAPER_ID_PATTERN, Day, Github, Media, Organization, Paper, Summary
from daily_papers.text import clean_block, clean_line, safe_url

CURATION = "curation.yml"

# Every value stays the text it is: as YAML has it, the id 2410.10210 is a number, and an organization named `no` false.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN = (None, "")
_MAX_SHOWN_CHARS = 60

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
    path = root / CURATION
    if (other := path.with_suffix(".yaml")).exists():
        raise ArchiveError(f"is not read under this name; rename it to {CURATION}", path=other)
    try:
        text = path.read_bytes()
        _refuse_aliases(text)
        node = yaml.compose(text, Loader=_LOADER)
        return Curation(dict(_corrections(node)) if node else {})
    except FileNotFoundError:
        return Curation()
    except OSError as e:
        raise ArchiveError(f"cannot be read: {e.strerror or e}", path=path) from e
    except _MistakeError as e:
        raise ArchiveError(str(e), path=path, at=f"line {e.line}") from e
    except yaml.MarkedYAMLError as e:
        at = f"line {e.problem_mark.line + 1}" if e.problem_mark else ""
        raise ArchiveError(f"is not YAML: {e.problem}; check quotes, colons and indentation", path=path, at=at) from e
    except (yaml.YAMLError, RecursionError) as e:
        raise ArchiveError(f"is not YAML in UTF-8: {str(e).splitlines()[0]}", path=path) from e


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


class _MistakeError(ValueError):
    """Something is not as expected, on `line` of the file."""

    def __init__(self, message: str, node: yaml.Node | yaml.Event) -> None:
        super().__init__(message)
        self.line = node.start_mark.line + 1 if node.start_mark else 0


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


def _refuse_aliases(text: bytes) -> None:
    """Raise for a `*name`: a few lines of them can stand for more than memory holds, and nobody needs one here."""
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise _MistakeError(f"*{event.anchor} is an alias of YAML's: write out what it stands for", event)


def _corrections(root: yaml.Node) -> Iterator[tuple[str, Correction]]:
    for key, node in _entries(root, "papers by their ids"):
        if not re.match(PAPER_ID_PATTERN, key.value):
            raise _MistakeError(f"{_shown(key.value)} is no id: expected one as 2402.19173, without a version", key)
        values = dict(_values(node, key.value))
        summaries = values.pop("summaries", {})
        hide = values.pop("hide", False)
        if "pin" in values:
            values["pinned"] = values.pop("pin")
        yield key.value, Correction(hide, values, summaries)


def _values(node: yaml.Node, paper_id: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value, as it stands in the record, of each decision and field of one correction."""
    for key, value_node in _entries(node, f"below {paper_id} what to do with it, as 'hide: true'"):
        field = _FIELDS.get(key.value)
        if field is None:
            close = difflib.get_close_matches(key.value, _FIELDS, 1)
            expected = f"did you mean '{close[0]}'?" if close else f"expected one of {', '.join(_FIELDS)}"
            raise _MistakeError(f"{paper_id} has the unknown key {_shown(key.value)}; {expected}", key)
        value = _plain(value_node)
        try:
            converted = field.of_record(msgspec.convert(value, field.type, strict=False))
        except ValueError as e:
            message = f"{key.value} of {paper_id} is {_shown(value)}: expected {field.expected}"
            raise _MistakeError(message, key) from e
        yield key.value, converted


def _entries(node: yaml.Node, expected: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the keys of a mapping with their values; YAML itself lets a key that comes twice hide its first value."""
    if not isinstance(node, yaml.MappingNode):
        raise _MistakeError(f"expected {expected}, found {_shown(_plain(node))}", node)
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _MistakeError(f"expected {expected}, found {_shown(_plain(key))}", key)
        if key.value in seen:
            raise _MistakeError(
                f"{_shown(key.value)} stands a second time; the first is on line {seen[key.value]}", key
            )
        seen[key.value] = key.start_mark.line + 1
        yield key, value


def _plain(node: yaml.Node) -> Any:
    """Return what `node` holds as texts in lists and dicts; nothing, however written, is an empty text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in _entries(node, "a name before each colon")}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    is_plain = isinstance(node, yaml.ScalarNode) and node.style in _PLAIN
    return "" if is_plain and node.value in ("~", "null") else node.value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 1] + "…"
