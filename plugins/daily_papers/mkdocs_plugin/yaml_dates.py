"""Finds a date in mkdocs.yml that does not exist, at which PyYAML raises an error that names no place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


def find_impossible_date(path: Path) -> str:
    """Return place, key and value of the first date in `path` that does not exist; empty if there is none."""
    with path.open("rb") as file:
        root = yaml.compose(file, yaml.SafeLoader)
    constructor = yaml.constructor.SafeConstructor()
    for key, node in _scalars("", root):
        if node.tag == _TIMESTAMP:
            try:
                constructor.construct_yaml_timestamp(node)
            except ValueError:
                line = node.start_mark.line + 1
                return f"{path} at line {line}: '{key}' is {node.value}: expected a date such as 2023-05-04"
    return ""


def _scalars(key: str, node: yaml.Node | None) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Yield each scalar below `node` with the key it belongs to."""
    if isinstance(node, yaml.ScalarNode):
        yield key, node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(key, item)
    elif isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _scalars(str(name.value), value)
