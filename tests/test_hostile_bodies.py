"""No body within its limit takes more than LIMIT_MIB; `python -m tests.hostile_bodies` prints all of them."""

from __future__ import annotations

import sys

import pytest

from tests.hostile_bodies import BODIES, LIMIT_MIB, measure

# One or two of each kind, those that once took the most.
WORST = (
    "a long title",
    "bad keywords",
    "escaped comments",
    "attributes",
    "spaced nested elements",
    "spaced nested elements in arXiv's feed",
    "choices",
    "a narrow PNG",
    "a narrow WebP",
    "a progressive JPEG",
)


@pytest.mark.fault(14)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process anew")
@pytest.mark.parametrize("name", WORST)
def test_no_body_takes_more_memory_than_the_limit(name: str) -> None:
    assert measure(name).peak_mib < LIMIT_MIB


def test_the_worst_bodies_are_of_every_kind() -> None:
    assert {BODIES[name].kind for name in WORST} == {body.kind for body in BODIES.values()}
