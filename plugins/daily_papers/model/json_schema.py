"""JSON Schemas (draft 2020-12) of published files, derived from the msgspec structs that read and write them.

Descriptions come from the docstrings of structs and fields. Records leave out absent fields, so the schemas do not
allow null for them.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import msgspec

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_NULL = {"type": "null"}


def json_schema(type_: Any, *, module: ModuleType, address: str, title: str) -> dict[str, Any]:
    """Return the schema of `type_` with field descriptions from the source of `module`, which defines its structs.

    `address` becomes the `$id` and may be relative.
    """
    schema = msgspec.json.schema(type_)
    for name, struct in schema.get("$defs", {}).items():
        docs = _field_docs(module).get(name, {})
        struct["properties"] = {
            field: _describe(_without_null(value), docs.get(field)) for field, value in struct["properties"].items()
        }
    return {"$schema": DRAFT, "$id": address, "title": title, **schema}


def _without_null(value: dict[str, Any]) -> dict[str, Any]:
    """Return the schema `value` without the null option and the null default of an optional field."""
    schema = {key: item for key, item in value.items() if not (key == "default" and item is None)}
    options = [option for option in schema.get("anyOf", ()) if option != _NULL]
    if len(options) == 1:
        del schema["anyOf"]
        return {**options[0], **schema}
    return schema


def _describe(value: dict[str, Any], text: str | None) -> dict[str, Any]:
    return {"description": text, **value} if text else value


@cache
def _field_docs(module: ModuleType) -> dict[str, dict[str, str]]:
    """Return the docstring below each field, by struct and field name; empty if the source is not installed."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except OSError:
        return {}
    return {node.name: dict(_documented_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _documented_fields(struct: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield name and docstring, as one line, of each field with a docstring."""
    for field, below in zip(struct.body, struct.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())
