"""The cache of content made of single days: made once for the same inputs, and never reused for others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from daily_papers.site.cache.day_cache import DayCache, fingerprint
from daily_papers.site.cache.store import CacheStore
from tests.factories import DATE, make_day, make_paper

DAY = make_day(DATE, make_paper(votes=1))


def counting(calls: list[bytes]) -> Callable[[], bytes]:
    """Return a function that gives other content each time, and adds it to `calls`."""

    def make() -> bytes:
        calls.append(f"content {len(calls)}".encode())
        return calls[-1]

    return make


def test_content_is_made_once_for_the_same_day_and_inputs(tmp_path: Path) -> None:
    calls: list[bytes] = []
    for _ in range(3):
        cache = DayCache(CacheStore(tmp_path))
        assert cache.get_or_make("digest", DAY, counting(calls), ["ko"]) == b"content 0"
        cache.write()
    assert len(calls) == 1


def test_another_day_input_or_name_makes_content_again(tmp_path: Path) -> None:
    cache, calls = DayCache(CacheStore(tmp_path)), list[bytes]()
    cache.get_or_make("digest", DAY, counting(calls), ["ko"])
    cache.write()
    voted = DayCache(CacheStore(tmp_path))
    voted.get_or_make("digest", make_day(DATE, make_paper(votes=2)), counting(calls), ["ko"])
    cache.get_or_make("digest", DAY, counting(calls), ["en"])
    cache.get_or_make("another", DAY, counting(calls), ["ko"])
    assert len(calls) == 4
    voted.write()
    cache.write()


def test_without_a_store_content_is_always_made() -> None:
    cache, calls = DayCache(), list[bytes]()
    assert not cache.is_enabled
    for _ in range(2):
        cache.get_or_make("digest", DAY, counting(calls))
    assert len(calls) == 2


def test_closing_deletes_all_content_with_other_names(tmp_path: Path) -> None:
    cache, calls = DayCache(CacheStore(tmp_path)), list[bytes]()
    for name in ("2024/03/01 digest", "2024/03/02 digest"):
        cache.get(name, counting(calls))
    cache.close(["2024/03/02 digest"])
    again = DayCache(CacheStore(tmp_path))
    assert again.get("2024/03/02 digest", counting(calls)) == b"content 1"
    assert again.get("2024/03/01 digest", counting(calls)) == b"content 2"
    again.write()


def test_a_fingerprint_is_that_of_the_value() -> None:
    assert fingerprint(DAY) == fingerprint(make_day(DATE, make_paper(votes=1)))
    assert fingerprint(DAY) != fingerprint(make_day(DATE, make_paper(votes=2)))
    assert len(fingerprint(())) == 16
