"""JSON Schemas (draft 2020-12) of what is published, made of the structs that read and write it.

A type goes in, a schema comes out, with what the docstrings say of structs and fields. In the record what is absent is
left out: a schema has no null where a reader would take one for absent.
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
    """Return the schema of `type_`, whose structs are of `module`; `address`, its `$id`, may be relative."""
    schema = msgspec.json.schema(type_)
    for name, struct in schema.get("$defs", {}).items():
        said = _field_docs(module).get(name, {})
        struct["properties"] = {
            field: _described(_without_null(value), said.get(field)) for field, value in struct["properties"].items()
        }
    return {"$schema": DRAFT, "$id": address, "title": title, **schema}


def _without_null(value: dict[str, Any]) -> dict[str, Any]:
    kept = {key: part for key, part in value.items() if not (key == "default" and part is None)}
    options = [option for option in kept.get("anyOf", ()) if option != _NULL]
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return kept


def _described(value: dict[str, Any], text: str | None) -> dict[str, Any]:
    return {"description": text, **value} if text else value


@cache
def _field_docs(module: ModuleType) -> dict[str, dict[str, str]]:
    """Return by struct and field what stands in the line below a field; nothing where no source is installed."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except OSError:
        return {}
    return {node.name: dict(_docs(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _docs(struct: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(struct.body, struct.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text).replace("\n", " ")
