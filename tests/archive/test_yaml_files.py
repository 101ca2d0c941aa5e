"""YAML files of people: all scalars are text, and each mistake is an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from daily_papers.archive.yaml_files import (
    YamlFileError,
    mapping_items,
    node_value,
    read_yaml_file,
    unknown_key_error,
)
from daily_papers.errors import ArchiveError


def read(folder: Path, text: str) -> object:
    """Return the value of a file with `text`."""
    path = folder / "file.yml"
    path.write_text(text, "utf-8")
    return read_yaml_file(path, lambda node: node and node_value(node))


def test_every_scalar_is_text_and_an_unquoted_null_is_empty(tmp_path: Path) -> None:
    text = "2410.10210: {a: no, b: ~, c: null, d: 'null', e: , f: 1e3}\nlist: [1, [2]]\n"
    assert read(tmp_path, text) == {
        "2410.10210": {"a": "no", "b": "", "c": "", "d": "null", "e": "", "f": "1e3"},
        "list": ["1", ["2"]],
    }


def test_an_empty_file_has_no_node_and_an_absent_one_is_not_parsed(tmp_path: Path) -> None:
    def parse(node: yaml.Node | None) -> str:
        return "parsed" if node is None else "not empty"

    (tmp_path / "file.yml").write_text("# only a comment\n")
    assert read_yaml_file(tmp_path / "file.yml", parse) == "parsed"
    assert read_yaml_file(tmp_path / "absent.yml", parse) is None


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3", '"a" is repeated; the first is on line 1'),
        ("a: 1\nb: {c: 1, c: 2}\n", "line 2", '"c" is repeated'),
        ("a: 1\n? [b]\n: 2\n", "line 2", "expected a name before each colon, found ['b']"),
        ("a: [\n", "line 2", "is not YAML: "),
        ("a: &b 1\nc: *b\n", "line 2", "*b is a YAML alias; write out its value instead"),
        ("a: \x00\n", "", "is not YAML in UTF-8"),
    ],
)
def test_a_mistake_is_an_error_with_path_line_and_reason(tmp_path: Path, text: str, at: str, message: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        read(tmp_path, text)
    assert caught.value.path == tmp_path / "file.yml"
    assert caught.value.at == at
    assert message in caught.value.reason


def test_a_mistake_that_the_parser_finds_has_the_line_of_its_node(tmp_path: Path) -> None:
    def parse(root: yaml.Node | None) -> None:
        assert root is not None
        for key, _ in mapping_items(root, "a mapping"):
            if key.value == "hid":
                raise unknown_key_error("paper 1", key, ["hide", "pin"])
            if key.value == "x\u200b":
                raise unknown_key_error("paper 1", key, ["hide", "pin"])

    path = tmp_path / "file.yml"
    path.write_text("hide: true\nhid: true\n")
    with pytest.raises(ArchiveError, match='at line 2: paper 1 has the unknown key "hid"; did you mean "hide"'):
        read_yaml_file(path, parse)
    path.write_text("x\u200b: true\n")
    with pytest.raises(ArchiveError, match=r'unknown key "x\\u200b"; expected one of hide, pin'):
        read_yaml_file(path, parse)
    path.write_text("[a]\n")
    with pytest.raises(ArchiveError, match=r"at line 1: expected a mapping, found \['a'\]"):
        read_yaml_file(path, parse)


def test_an_error_without_a_node_is_on_the_first_line() -> None:
    assert YamlFileError("is empty", None).line == 1


def test_a_file_that_cannot_be_read_or_has_another_suffix_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file.yml").mkdir()
    with pytest.raises(ArchiveError, match=r"file\.yml: cannot be read: "):
        read_yaml_file(tmp_path / "file.yml", node_value)  # type: ignore[arg-type]
    (tmp_path / "file.yaml").touch()
    with pytest.raises(ArchiveError, match=r"file\.yaml: is not read under this name; rename it to file\.yml"):
        read_yaml_file(tmp_path / "file.yml", node_value)  # type: ignore[arg-type]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_an_error_and_does_not_overflow_the_stack(tmp_path: Path, opening: str) -> None:
    with pytest.raises(ArchiveError, match=r"file\.yml at line 1: is nested more than 20 deep"):
        read(tmp_path, opening * 50_000)
