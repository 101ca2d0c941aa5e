"""JSON Schemas of structs: descriptions from docstrings, no null for optional fields."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from daily_papers.model.json_schema import DRAFT, json_schema


class Section(msgspec.Struct, omit_defaults=True):
    """A part."""

    name: str
    """Name of
    the part."""
    weight: int | None = None
    """Weight in grams."""
    plain: bool = False


def schema(module: ModuleType = sys.modules[__name__]) -> dict[str, object]:
    part: dict[str, object] = json_schema(Section, module=module, address="part.json", title="A part")["$defs"][
        "Section"
    ]
    return part


def test_a_schema_has_draft_address_and_title() -> None:
    whole = json_schema(list[Section], module=sys.modules[__name__], address="parts.json", title="Parts")
    assert (whole["$schema"], whole["$id"], whole["title"]) == (DRAFT, "parts.json", "Parts")
    assert whole["items"] == {"$ref": "#/$defs/Section"}


def test_descriptions_are_the_docstrings_of_structs_and_fields() -> None:
    part = schema()
    assert part["description"] == "A part."
    assert part["properties"]["name"] == {"description": "Name of the part.", "type": "string"}  # type: ignore[index]
    assert part["required"] == ["name"]


def test_an_optional_field_has_neither_null_nor_a_null_default() -> None:
    properties: dict[str, object] = schema()["properties"]  # type: ignore[assignment]
    assert properties["weight"] == {"description": "Weight in grams.", "type": "integer"}
    assert properties["plain"] == {"type": "boolean", "default": False}


def test_without_source_there_are_no_descriptions_of_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = ModuleType("a_module_without_source")
    module.__file__ = str(tmp_path / "absent.pyc")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    properties: dict[str, object] = schema(module)["properties"]  # type: ignore[assignment]
    assert properties["weight"] == {"type": "integer"}
