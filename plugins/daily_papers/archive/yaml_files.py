"""YAML that people write, read so that each mistake is told with its line, what was expected, and what to do about it.

The path of a file goes in, with a function that makes something of its nodes; what that returns comes out. Every value
stays the text it is: as YAML has it, the id 2410.10210 is a number, and an organization named `no` false.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from daily_papers.errors import ArchiveError

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN = (None, "")
_MAX_SHOWN_CHARS = 60

_T = TypeVar("_T")


class YamlFileError(ValueError):
    """Something is not as expected, on `line` of the file; `read_by_hand` tells whoever called it."""

    def __init__(self, message: str, node: yaml.Node | yaml.Event | None) -> None:
        super().__init__(message)
        self.line = node.start_mark.line + 1 if node and node.start_mark else 1


def read_by_hand(path: Path, read: Callable[[yaml.Node | None], _T]) -> _T | None:
    """Return what `read` makes of the file, whose node is None if nothing stands in it; None if there is no file.

    Raises ArchiveError, with the line, for what is not YAML and for each YamlFileError of `read`; and for a file that
    ends in .yaml in place of .yml, which would else be overlooked.
    """
    if (other := path.with_suffix(".yaml")).exists():
        raise ArchiveError(f"is not read under this name; rename it to {path.name}", path=other)
    try:
        text = path.read_bytes()
        _refuse_aliases(text)
        return read(yaml.compose(text, Loader=_LOADER))
    except FileNotFoundError:
        return None
    except OSError as e:
        raise ArchiveError(f"cannot be read: {e.strerror or e}", path=path) from e
    except YamlFileError as e:
        raise ArchiveError(str(e), path=path, at=f"line {e.line}") from e
    except yaml.MarkedYAMLError as e:
        at = f"line {e.problem_mark.line + 1}" if e.problem_mark else ""
        raise ArchiveError(f"is not YAML: {e.problem}; check quotes, colons and indentation", path=path, at=at) from e
    except (yaml.YAMLError, RecursionError) as e:
        raise ArchiveError(f"is not YAML in UTF-8: {str(e).splitlines()[0]}", path=path) from e


def entries(node: yaml.Node, expected: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the keys of a mapping with their values; YAML itself lets a key that comes twice hide its first value."""
    if not isinstance(node, yaml.MappingNode):
        raise YamlFileError(f"expected {expected}, found {shown(plain(node))}", node)
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFileError(f"expected {expected}, found {shown(plain(key))}", key)
        if key.value in seen:
            raise YamlFileError(f"{shown(key.value)} stands a second time; the first is on line {seen[key.value]}", key)
        seen[key.value] = key.start_mark.line + 1
        yield key, value


def unknown_key(place: str, key: yaml.ScalarNode, known: Iterable[str]) -> YamlFileError:
    """Return the mistake that `place` has a key that is none of `known`, with the one that was likely meant."""
    close = difflib.get_close_matches(key.value, known, 1)
    expected = f"did you mean '{close[0]}'?" if close else f"expected one of {', '.join(known)}"
    return YamlFileError(f"{place} has the unknown key {shown(key.value)}; {expected}", key)


def plain(node: yaml.Node) -> Any:
    """Return what `node` holds as texts in lists and dicts; nothing, however written, is an empty text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in entries(node, "a name before each colon")}
    if isinstance(node, yaml.SequenceNode):
        return [plain(one) for one in node.value]
    is_plain = isinstance(node, yaml.ScalarNode) and node.style in _PLAIN
    return "" if is_plain and node.value in ("~", "null") else node.value


def shown(value: object) -> str:
    """Return `value` as a message may quote it, cut if it is long."""
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN_CHARS else text[: _MAX_SHOWN_CHARS - 1] + "…"


def _refuse_aliases(text: bytes) -> None:
    """Raise for a `*name`: a few lines of them can stand for more than memory holds, and nobody needs one here."""
    if b"*" not in text:  # in UTF-16 it is a byte, too
        return
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise YamlFileError(f"*{event.anchor} is an alias of YAML's: write out what it stands for", event)
