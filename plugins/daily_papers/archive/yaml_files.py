"""Read YAML files that people write, and report each mistake with its line, the expected value and the remedy.

Every scalar stays text. YAML's own types would turn the id 2410.10210 into a number and an organization named `no`
into false.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from daily_papers.archive.file_io import read_file
from daily_papers.errors import ArchiveError
from daily_papers.model.text import error_line, quote

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
MAX_DEPTH = 20
"""Nested collections that a file may have."""
_UNQUOTED_STYLES = (None, "")
_QUOTE_CHARS = 60

_T = TypeVar("_T")


class YamlFileError(ValueError):
    """A mistake on `line` of a YAML file; `read_yaml_file` turns it into an ArchiveError with the path."""

    def __init__(self, message: str, node: yaml.Node | yaml.Event | None) -> None:
        super().__init__(message)
        self.line = node.start_mark.line + 1 if node and node.start_mark else 1


def read_yaml_file(path: Path, parse: Callable[[yaml.Node | None], _T]) -> _T | None:
    """Return the result of `parse` for the root node of the file, None if there is no file.

    The node is None if the file is empty. Raises ArchiveError, with the line, for invalid YAML and for each
    YamlFileError of `parse`. Also raises it for a file with the suffix .yaml instead of .yml, which would otherwise be
    ignored without notice.
    """
    if (other := path.with_suffix(".yaml")).exists():
        raise ArchiveError(f"is not read under this name; rename it to {path.name}", path=other)
    try:
        text = read_file(path)
        _reject_hostile_structure(text)
        return parse(yaml.compose(text, Loader=_LOADER))
    except FileNotFoundError:
        return None
    except OSError as e:
        raise ArchiveError(f"cannot be read: {error_line(e)}", path=path) from e
    except YamlFileError as e:
        raise ArchiveError(str(e), path=path, at=f"line {e.line}") from e
    except yaml.MarkedYAMLError as e:
        at = f"line {e.problem_mark.line + 1}" if e.problem_mark else ""
        raise ArchiveError(f"is not YAML: {e.problem}; check quotes, colons and indentation", path=path, at=at) from e
    except (yaml.YAMLError, RecursionError) as e:
        raise ArchiveError(f"is not YAML in UTF-8: {str(e).splitlines()[0]}", path=path) from e


def mapping_items(node: yaml.Node, expected: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield key and value of each entry of a mapping.

    Raises YamlFileError for any other node, with `expected` in its message, and for a key that occurs twice. YAML
    itself would ignore the first of the two values.
    """
    if not isinstance(node, yaml.MappingNode):
        raise YamlFileError(f"expected {expected}, found {quote_value(node_value(node))}", node)
    lines: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFileError(f"expected {expected}, found {quote_value(node_value(key))}", key)
        if key.value in lines:
            raise YamlFileError(f"{quote_value(key.value)} is repeated; the first is on line {lines[key.value]}", key)
        lines[key.value] = key.start_mark.line + 1
        yield key, value


def unknown_key_error(owner: str, key: yaml.ScalarNode, known: Iterable[str]) -> YamlFileError:
    """Return the error for a key of `owner` that is not among the `known` ones, with the closest of them if any."""
    close = difflib.get_close_matches(key.value, known, 1)
    expected = f'did you mean "{close[0]}"?' if close else f"expected one of {', '.join(known)}"
    return YamlFileError(f"{owner} has the unknown key {quote_value(key.value)}; {expected}", key)


def node_value(node: yaml.Node) -> Any:
    """Return the value of `node` as text, list or dict of such values; an empty value or null is the empty text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: node_value(value) for key, value in mapping_items(node, "a name before each colon")}
    if isinstance(node, yaml.SequenceNode):
        return [node_value(item) for item in node.value]
    is_unquoted = isinstance(node, yaml.ScalarNode) and node.style in _UNQUOTED_STYLES
    return "" if is_unquoted and node.value in ("~", "null") else node.value


def quote_value(value: object) -> str:
    """Return `value` as the messages of these files quote it: a short line."""
    return quote(value, _QUOTE_CHARS)


def _reject_hostile_structure(text: bytes) -> None:
    """Raise YamlFileError for an alias, `*name`, and for more than MAX_DEPTH nested collections.

    A few lines of aliases can expand to more data than fits into memory. PyYAML's C loader recurses for each nested
    collection, and overflows the stack of the process. These files need neither.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlFileError(f"is nested more than {MAX_DEPTH} deep; expected 4 levels at most", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            raise YamlFileError(f"*{event.anchor} is a YAML alias; write out its value instead", event)
