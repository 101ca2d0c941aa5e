"""Generated answers of upstream: each is read, stored, read back and rendered.

    python -m tests.fuzz 50000     # the number of records; prints counts of papers, rejected records and elements

Any field may be missing, of any type, or hostile text. The source must not raise, no record may be lost, and no text
may become an element or an attribute of the page.

The same number of files and answers of other kinds are then read by `fuzz_readers.run_readers`.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import read_day, read_rejected, write_day, write_rejected
from daily_papers.formats.digest_writer import render_digest
from daily_papers.index.day_summary import summarize_day
from daily_papers.jobs.check import check
from daily_papers.model.merge import merge_days
from daily_papers.model.records import Day, FetchResult
from daily_papers.site.context import SiteContext
from daily_papers.sources.huggingface import DayAccumulator, read_page
from tests.factories import MEDIA_HOSTS, render_day, site_context
from tests.fuzz_readers import READERS, run_readers
from tests.upstream import record

DATE = dt.date(2026, 7, 15)
AT = dt.datetime(2026, 7, 16, 3, tzinfo=dt.UTC)
RECORDS_A_DAY = 25

HOSTILE = [
    "<script>x()</script>",
    "<img src=x onerror=x()>",
    '"><svg onload=x()>',
    "' onmouseover='x()",
    "</title><script>x()</script>",
    "</article></template></style>",
    "<!-- ",
    "]]>",
    "{{ config }}{% raw %}",
    '--8<-- "/etc/passwd"',
    "T {: onclick=x }",
    "# x\n- y\n\n    z",
    "**L**: <b>x</b>",
    "***<i>***: x",
    "[a](javascript:x())",
    "javascript:x()",
    "data:text/html,<script>x()</script>",
    "//evil.example/x",
    " https://a.example/b ",
    "https://a.example/\nb",
    "https://user:word@a.example/",
    "https://cdn-uploads.huggingface.co.evil.example/a.png",
    'https://cdn-uploads.huggingface.co/a.png" onerror="x()',
    "https://cdn-uploads.huggingface.co/a.mp4",
    "https://cdn-uploads.huggingface.co/a.qt?<b>",
    "https://cdn-thumbnails.huggingface.co/a.png",
    "\ud800",
    "\x00\x1b[31m",
    "\u202eabc\u2066",
    "\ufeff\u200b",
    "&lt;b&gt;&amp;",
    "e\u0301 👩‍🔬",
    "a" * 5000,
    "",
    " \n\t",
]
texts = st.sampled_from(HOSTILE) | st.text(max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
UNIQUE_ID = "2607.unique"
"""Replaced by an id that no other record of the answer has. Generated numbers would repeat too often."""
ids = st.one_of(
    *[st.just(UNIQUE_ID)] * 3,
    st.sampled_from(["2607.00001v3", "hep-th/9901001", "2406.105", "../../x", "２６０７.00001", "1" * 10_000, ""]),
    anything,
)
addresses = st.sampled_from([text for text in HOSTILE if "//" in text or ":" in text])
people = st.fixed_dictionaries({}, optional={"name": texts | anything, "fullname": texts, "user": texts, "_id": texts})
authors = st.fixed_dictionaries({"name": texts}, optional={"hidden": st.booleans()})
instants = st.sampled_from(
    ["2026-07-15T00:00:00.000Z", "", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2026-06-30T23:59:60Z", "x"]
)
VALID: dict[str, st.SearchStrategy[Any]] = {
    "authors": st.lists(
        st.fixed_dictionaries({"name": texts}, optional={"hidden": st.booleans()}) | anything, max_size=6
    ),
    "publishedAt": instants,
    "submittedOnDailyAt": st.just("2026-07-15T00:00:00.000Z") | instants,
    "submittedOnDailyBy": people,
    "title": texts,
    "summary": texts,
    "upvotes": st.integers(-2, 2**64),
    "discussionId": texts,
    "projectPage": addresses,
    "githubRepo": addresses,
    "githubStars": st.integers(-2, 2**64),
    "ai_summary": texts,
    "ai_keywords": st.lists(texts | anything, max_size=4),
    "mediaUrls": st.lists(addresses | anything, max_size=4),
    "organization": people,
    "aFutureKey": anything,
}
OUTER: dict[str, st.SearchStrategy[Any]] = {
    "title": texts,
    "summary": texts,
    "publishedAt": instants,
    "thumbnail": addresses,
    "mediaUrl": addresses,
    "mediaUrls": st.lists(addresses, max_size=3),
    "numComments": st.integers(-1, 10),
    "submittedBy": people,
    "submitterOrganization": people,
    "organization": people,
}


def _or_anything(fields: dict[str, st.SearchStrategy[Any]]) -> dict[str, st.SearchStrategy[Any]]:
    return {key: st.one_of(valid, valid, anything) for key, valid in fields.items()}


papers = st.fixed_dictionaries({"id": ids}, optional=_or_anything(VALID))
records = st.one_of(
    *[st.fixed_dictionaries({"paper": papers}, optional=_or_anything(OUTER))] * 6,
    st.fixed_dictionaries({}, optional={"paper": anything}),
    anything,
)
days = st.lists(records, min_size=RECORDS_A_DAY, max_size=RECORDS_A_DAY).map(
    lambda day: [_numbered(one, number) for number, one in enumerate(day)]
)


def _numbered(one: Any, number: int) -> Any:
    if isinstance(one, dict) and isinstance(one.get("paper"), dict) and one["paper"].get("id") == UNIQUE_ID:
        return {**one, "paper": {**one["paper"], "id": f"2607.{number:05}"}}
    return one


class Checker:
    """Checks generated answers, and counts their parts in `counts`."""

    def __init__(self, root: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.root = root

    def check_answer(self, answer: list[Any]) -> None:
        """Read, store and render one answer."""
        page = read_page(json.dumps(answer).encode(), DATE, AT)
        accumulator = DayAccumulator(DATE, AT)
        accumulator.add(page)
        fetched = accumulator.result()
        self.counts["records"] += len(answer)
        self.counts["papers"] += len(fetched.day.papers)
        self.counts["rejected"] += len(fetched.rejected)
        assert page.records == len(answer)
        assert_nothing_lost(answer, fetched)
        self.assert_stored(fetched)
        self.assert_page(fetched.day)

    def assert_stored(self, fetched: FetchResult) -> None:
        """Assert that the result reads back unchanged, and merges with the day stored for the answer before."""
        day, before = fetched.day, read_day(self.root, DATE)
        merged = merge_days(before, day)
        assert {paper.id for paper in merged.papers} >= {paper.id for paper in (before or day).papers}
        assert merge_days(merged, day) == merged
        write_day(self.root, day)
        assert read_day(self.root, DATE) == day
        write_rejected(self.root, DATE, fetched.rejected)
        assert read_rejected(self.root, DATE) == fetched.rejected
        assert not list(check(self.root))
        render_digest(day, ["ko", "en"]).encode()

    def assert_page(self, day: Day) -> None:
        tree = LexborHTMLParser(render_page(day))
        self.counts["elements"] += assert_only_template_elements(tree)
        ids = [node.attributes["id"] for node in tree.css("article[id]")]
        assert ids == [paper.id for paper in day.ranked]


def assert_nothing_lost(answer: list[Any], fetched: FetchResult) -> None:
    """Assert that every record is a paper of the day, or is unchanged among the rejected ones."""
    papers = {paper.id for paper in fetched.day.papers}
    rejected_texts = {text for rejected in fetched.rejected for text in _json_texts(bytes(rejected.record))}
    for one in answer:
        stated = one["paper"].get("id") if isinstance(one, dict) and isinstance(one.get("paper"), dict) else None
        is_read = isinstance(stated, str) and stated.strip().split("v")[0] in papers and not _has_a_fault(one["paper"])
        assert is_read or json.dumps(one) in rejected_texts, f"lost: {one!r}"


def _has_a_fault(paper: dict[str, Any]) -> bool:
    """Return True if a field has a type that no paper has, so that the record must be rejected."""
    votes = paper.get("upvotes", 0)
    is_count = isinstance(votes, int) and not isinstance(votes, bool) and 0 <= votes < 2**53
    texts = all(isinstance(paper.get(key) or "", str) for key in ("title", "summary", "discussionId", "projectPage"))
    return not (is_count and texts and isinstance(paper.get("authors", []), list))


def _json_texts(record: bytes) -> Iterator[str]:
    """Yield the records that a stored one may be, as json.dumps writes them.

    It is the record itself, or a string with the text of a record that is not valid JSON.
    """
    value = msgspec.json.decode(record)
    yield json.dumps(value)
    if isinstance(value, str):
        with suppress(ValueError):
            yield json.dumps(json.loads(value))


def assert_only_template_elements(tree: LexborHTMLParser) -> int:
    """Assert that each element, attribute and address comes from the templates; return the number of elements."""
    nodes = tree.css("main *")
    for node in nodes:
        assert set(node.attributes) <= template_elements().get(str(node.tag), set()), f"<{node.tag} {node.attributes}>"
        for name in ("href", "src"):
            if (address := node.attributes.get(name)) is not None:
                assert_safe(str(node.tag), address)
    return len(nodes)


@cache
def template_elements() -> dict[str, set[str]]:
    """Return the attributes of each element on a page of harmless papers that uses every branch of the templates."""
    uploads = "https://cdn-uploads.huggingface.co/production/uploads/cy/"
    long = "Rivers run downhill on every day of the study, and so they do at night. " * 20
    harmless = [
        record("2607.00001", authors=[f"Author {number}" for number in range(9)]),
        record("2607.00002", mediaUrls=[uploads + name for name in ("a.gif", "b.qt", "c.png", "d.mp4", "e.gif")]),
        record("2607.00003", mediaUrls=[uploads + "b.qt"], ai_summary=f"**Label**: {long}"),
        record("2607.00004", mediaUrls=[uploads + "c.png"], ai_summary="**Label**: short"),
        record("2607.00005", mediaUrls=[uploads + "a.gif"], projectPage="no address", githubRepo="none either"),
        record("2607.00006", mediaUrls=["https://elsewhere.example/a.mp4"], summary=long),
        record("2607.00007", mediaUrls=[], summary=long),
        {"paper": {"id": "2607.00008"}},
    ]
    del harmless[6]["paper"]["ai_summary"]
    for bare in (harmless[4], harmless[6]):
        del bare["thumbnail"]
    accumulator = DayAccumulator(DATE, AT)
    accumulator.add(read_page(json.dumps(harmless).encode(), DATE, AT))
    elements: dict[str, set[str]] = {}
    for node in LexborHTMLParser(render_page(accumulator.result().day)).css("main *"):
        elements.setdefault(str(node.tag), set()).update(map(str, node.attributes))
    return elements


def render_page(day: Day) -> str:
    """Return the page of `day` inside a document."""
    html = render_day(
        day,
        _site_context(),
        entry=summarize_day(day, None),
        previous=DATE - dt.timedelta(1),
        following=DATE + dt.timedelta(1),
    )
    return f"<!doctype html><main>{html}</main>"


@cache
def _site_context() -> SiteContext:
    return site_context()


def assert_safe(tag: str, address: str) -> None:
    parts = urlsplit(address)
    if tag in ("img", "video", "source"):
        assert parts.scheme == "https", address
        assert parts.hostname in MEDIA_HOSTS, address
    else:
        assert parts.scheme in ("", "http", "https"), address
        assert parts.scheme or not parts.netloc, address


def run(count: int, root: Path, *, same_each_time: bool = False) -> Checker:
    """Check `count` generated records, with an archive at `root`; return the checker with its counts.

    Raises AssertionError, or any error of the code, with the smallest answer that causes it.
    """
    checker = Checker(root)

    @settings(
        derandomize=same_each_time,
        max_examples=-(-count // RECORDS_A_DAY),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(days)
    def check_answer(answer: list[Any]) -> None:
        checker.check_answer(answer)

    check_answer()
    return checker


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    logging.disable()  # each unreadable date would be a line
    with tempfile.TemporaryDirectory(prefix="daily-papers-fuzz-") as folder:
        answers = run(number, Path(folder, "answers")).counts
        print(", ".join(f"{count} {kind}" for kind, count in answers.items()), flush=True)
        readers = run_readers(number, Path(folder, "readers"))
    print(", ".join(f"{count} {kind}" for kind, count in readers.items()))
    print(
        f"{readers.total()} changed files and answers of {len(READERS)} readers: no exception but those of the package"
    )
