"""The elements of a JSON array are found whatever their quality, and counted before they are built; A9, A13, B18."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from daily_papers.errors import ParseError
from daily_papers.sources.json_list import MAX_RECORDS, decode_value, split_list
from tests.sources.pages import read
from tests.upstream import record


def test_the_elements_are_returned_unchanged_whether_they_are_valid_or_not() -> None:
    assert split_list(b' [1, {"a":[2,"],["]} , NaN]', source="s", url="u") == [b"1", b'{"a":[2,"],["]}', b"NaN"]
    assert split_list(b"[]", source="s", url="u") == []


def test_a_value_that_only_a_lenient_decoder_reads_is_read() -> None:
    assert decode_value(b'{"a": "tab\there", "b": Infinity}') == {"a": "tab\there", "b": float("inf")}
    with pytest.raises(ValueError, match="Expecting"):
        decode_value(b"{]")


@pytest.mark.fault(9, 18)
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!doctype html><p>Sign in</p>", "HTML"),
        (b"\xef\xbb\xbf  <html>", "HTML"),
        (b'{"error": "Sorry\\u001b, busy"}', 'an error: "Sorry, busy"'),
        (b'{"papers": []}', "object"),
        (b"null", "null"),
        (b"true", "bool"),
        (b'"[]"', "str"),
        (b"17", "int"),
        (b"", "nothing"),
        (b"  \n", "nothing"),
        (b"[", "a broken or cut one"),
        (json.dumps([record()]).encode()[:-100], "a broken or cut one"),
        (b'[{"paper": {"id": "2607.00001"}}]]', "a broken or cut one"),
        (b"[{]}", "a broken or cut one"),
        (b'[{"a" 1}]', "broken JSON in record 0"),
        (b'[{"a": 1},]', "broken JSON in record 1"),
        (b'["' + b"\\" * 9, "a broken or cut one"),
        (b"[" * 100_000, "a broken or cut one"),
        (b"{" * 100_000, "something that is not JSON"),
        (b"\xff\xfe[\x00]\x00", "something that is not JSON"),
        (b"busy", "something that is not JSON"),
        (b"[" + b"{}," * 20_000 + b"{}]", f"expected at most {MAX_RECORDS} records, got 20001"),
    ],
)
def test_the_error_for_a_body_that_is_no_list_names_what_it_is(body: bytes, found: str) -> None:
    """A9, A13, B18."""
    with pytest.raises(ParseError) as caught:
        read(body=body)
    assert found in str(caught.value)


def test_a_byte_order_mark_is_ignored() -> None:
    """B29."""
    assert read(body=b"\xef\xbb\xbf" + json.dumps([record()]).encode()).rejected == ()


MANY_VALUES = {
    "numbers": b"[" + b"1," * 1_500_000 + b"1]",
    "empty lists": b"[" + b"[]," * 1_000_000 + b"[]]",
    "brackets": b"[" * 2_000_000,
    "one string": b'["' + b"a" * 3_000_000,
    "an object": b'{"a":[' + b"1," * 1_500_000 + b"1]}",
    "keys": b"{" + b",".join(b'"%d":1' % n for n in range(300_000)) + b"}",
}


@pytest.mark.parametrize("case", MANY_VALUES)
def test_a_page_of_millions_of_values_is_refused_before_they_are_built(case: str) -> None:
    tracemalloc.start()
    with pytest.raises(ParseError):
        split_list(MANY_VALUES[case], source="s", url="u")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
