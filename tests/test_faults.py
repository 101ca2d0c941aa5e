"""The catalogue of faults is whole: each one is provoked by a test."""

from __future__ import annotations

import re
from pathlib import Path

from tests.faults import FAULTS


def test_every_fault_of_the_catalogue_is_provoked_by_a_test_and_every_test_names_one_of_it() -> None:
    sources = (path.read_text("utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    marked = {int(number) for text in sources for mark in _MARK.findall(text) for number in re.findall(r"\d+", mark)}
    assert marked == FAULTS.keys()
    assert list(FAULTS) == [*range(1, 40), *range(44, 52), *range(55, 61)]


_MARK = re.compile(r"pytest\.mark\.fault\(([\d, ]+)\)")
