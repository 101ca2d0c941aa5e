"""Readers of files and answers from outside, each with valid seeds, in which bytes are changed, cut out or inserted.

`run_readers` raises for any exception that is not one of this package, and for a second import that changes anything.
`python -m tests.fuzz` runs it after the generated answers.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daily_papers.archive.curation import CURATION, curate_day, read_curation
from daily_papers.archive.day_files import day_path, encode_day, read_day, read_rejected, write_day, write_rejected
from daily_papers.archive.json_maps import encode_map
from daily_papers.archive.ledger import LedgerEntry, read_ledger
from daily_papers.archive.related import read_related
from daily_papers.archive.thumbnails import Mirrored, read_index
from daily_papers.archive.topics import TOPICS, read_taxonomy
from daily_papers.archive.usage import Usage, read_usage
from daily_papers.errors import DailyPapersError
from daily_papers.formats.digest_writer import render_digest
from daily_papers.jobs.check import check
from daily_papers.jobs.enrich import enrich, read_unknown
from daily_papers.jobs.import_ import import_digests
from daily_papers.jobs.summarize import evaluate
from daily_papers.model.records import FetchResult, Organization, Paper, Summary
from daily_papers.net.client import Client, Response
from daily_papers.sources.arxiv_api import read_papers
from daily_papers.sources.feed import read_arxiv_list, read_items
from daily_papers.sources.huggingface import DayAccumulator, read_page
from daily_papers.summaries.chat_client import Endpoint
from daily_papers.summaries.prompt import OWN_PROMPTS, read_prompts
from daily_papers.summaries.validation import SourceText
from tests.chat import bullets, completion
from tests.command_line import run_command
from tests.factories import bytes_below, make_day, make_paper
from tests.upstream import atom, entry, record

DATE = dt.date(2026, 7, 15)
AT = dt.datetime(2026, 7, 16, 3, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 20)

TOKENS = [
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml", b"<!DOCTYPE [", b'<!ENTITY x "y">'),
    *(b"&#x110000;", b"&nbsp;", b"<item>", b"</item>", b"<entry>", b"</channel>", b'type="html"', b'mode="base64"'),
    *(b'xml:base="http://[x"', b'<link href="http://[a"/>', b"<dc:creator>", b"<image>", b"<source>", b"<textinput>"),
    *(b"<media:group>", b"<georss:point>a b</georss:point>", b"<psc:chapters>"),
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b"9" * 5_000, b'"', b"\\ud800", b"\\u0000", b"{}", b"[]", b'"":'),
    *(b"[", b"{", b"]", b"}", b":", b",", b'{"schema":', b'"schema": 2', b'"date": "0999-07-15"', b"[" * 3_000),
    *(b"\xff", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"\r", b"\n\n", b"\t", b"  ", b"---", b"- ", b"? ", b": "),
    *(b"&a ", b"*a", b"!!python/object:os.system ", b"!ENV X", b"| ", b"%YAML 9", b"2026-31-01", b"9999-12-31"),
    *(b"## Daily Papers (2026-07-15)", b"### [", b"](", b"- ", b"**", b"https://", b"Vote: ", b"Authors: "),
    *(b"</think>", b"<think>"),
    *("\u202e".encode(), "\u0301".encode() * 50, "가".encode(), "\U000e0041".encode(), b"\xed\xa0\x80"),
]  # fmt: skip
VALUES = [
    *(b"null", b"true", b"[]", b"{}", b"-1", b"0", b"0.5", b"1e308", b"9007199254740993", b"9" * 400, b'""'),
    *(b'"\\ud800"', b'"\\u0000"', b'"2026-07-15"', b'"9999-12-31"', b'"0001-01-01T00:00:00+14:00"'),
    *(b'"2607.00001v2"', b'"javascript:x()"', b'"https://[x"', b'"<b>"', b'[["2026-07-15",1]]'),
    *(b'{"ko":{"bullets":[]}}', b'["", 1]', b'"2026-07-16T03:00:00.5Z"'),
    *(b"[" * 2_000 + b"]" * 2_000, b'{"":' * 500 + b"1" + b"}" * 500),
]  # fmt: skip
_VALUE = re.compile(rb'"[^"\n]*"|(?<![\w.])[0-9][0-9.]*(?![\w.])')
shares = st.floats(0, 1, exclude_max=True)
insertions = st.tuples(shares, st.integers(0, 30), st.sampled_from(TOKENS) | st.binary(max_size=2))
"""The place, as a share of the body, the number of bytes that are cut out there, and the bytes inserted."""
replacements = st.tuples(shares, st.none(), st.sampled_from(VALUES))
"""The place of a text or number, as a share of all of them, and the value that replaces it."""
Change = tuple[float, int | None, bytes]


def change_body(body: bytes, changes: Sequence[Change]) -> bytes:
    """Return `body` after `changes`, each an insertion or a replacement."""
    for place, length, inserted in changes:
        start, end = int(place * len(body)), int(place * len(body)) + (length or 0)
        if length is None and (values := list(_VALUE.finditer(body))):
            start, end = values[int(place * len(values))].span()
        body = body[:start] + inserted + body[end:]
    return body


class Reader(NamedTuple):
    """A reader: `read` gets changed bytes and an archive of its own, and asserts what must hold."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes, Path], None]


def _response(body: bytes) -> Response:
    return Response(body=body, headers=httpx.Headers(), url="https://a.example/feed.xml")


def _assert_stored(root: Path, fetched: FetchResult) -> None:
    """Assert that a result reads back unchanged."""
    date = fetched.day.date
    write_day(root, fetched.day)
    assert read_day(root, date) == fetched.day
    write_rejected(root, date, fetched.rejected)
    assert read_rejected(root, date) == fetched.rejected


def _read_feed(body: bytes, root: Path) -> None:
    response = _response(body)
    found = [*read_items(response, response.url, AT).values(), *read_arxiv_list(response, "arxiv:cs.CL", AT).values()]
    for fetched in found:
        _assert_stored(root, fetched)


def _read_page(body: bytes, root: Path) -> None:
    accumulator = DayAccumulator(DATE, AT)
    accumulator.add(read_page(body, DATE, AT))
    _assert_stored(root, accumulator.result())


def _read_arxiv(body: bytes, root: Path) -> None:
    for paper_id, known in (read_papers(_response(body)) or {}).items():
        write_day(root, make_day(DATE, enrich(make_paper(id=paper_id), known)))


def _read_answer(body: bytes, root: Path) -> None:
    endpoint = Endpoint(_client(), "a-model", secret="sk-canary-5f3a9D7b1c")  # no endpoint has this key
    answer = endpoint._read(_response(body))  # the function that it passes to the client
    found, fault = evaluate(answer, SourceText("Rivers", "We look at 3 rivers.", "ko"))
    if fault is None:
        write_day(root, make_day(DATE, make_paper(summaries={"ko": Summary(found, by="a-model", at=AT)})))


_clients: list[Client] = []


def _client() -> Client:
    """Return a client that is never used to send anything."""
    if not _clients:
        _clients.append(Client(source="model", base_url="http://127.0.0.1:9"))
    return _clients[0]


def _import(name: str) -> Callable[[bytes, Path], None]:
    """Return a reader that imports a file called `name` twice; the second time changes nothing."""

    def read(body: bytes, root: Path) -> None:
        path = root.with_name("inputs") / name
        _write(path, body)
        import_digests(root, [path.parent], today=TODAY)
        before = bytes_below(root)
        again = import_digests(root, [path], today=TODAY)
        assert bytes_below(root) == before
        assert {outcome.result for outcome in again.outcomes} <= {"unchanged", "failed"}, again
        assert not list(check(root))

    return read


def _read_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], None]:
    """Return a reader of the archive's file `name`."""

    def read_changed(body: bytes, root: Path) -> None:
        _write(root / name, body)
        try:
            read(root)
        finally:
            list(check(root))
            (root / name).unlink()

    return read_changed


def _curate(root: Path) -> None:
    encode_day(curate_day(_DAY, read_curation(root)))


def _match(root: Path) -> None:
    taxonomy = read_taxonomy(root)
    for paper in _DAY.papers:
        taxonomy.match(paper)


def _rewrite_day(root: Path) -> None:
    """Read a day file; write the day anew, unless it is inconsistent, and read it again."""
    day = read_day(root, DATE)
    assert day
    write_day(root, day)
    assert read_day(root, DATE) == day
    render_digest(day, ["ko", "en"]).encode()


def _read_config(body: bytes, root: Path) -> None:
    site = root.with_name("site")
    _write(site / "mkdocs.yml", body)
    (site / "docs").mkdir(exist_ok=True)
    with _quiet_environment():
        done = run_command(site, "check")
    assert done.returncode in (0, 1, 2), done


@contextmanager
def _quiet_environment() -> Iterator[None]:
    """Remove the settings of this machine from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("HF_", "OPENAI_", "DAILY_PAPERS_")):
                patch.delenv(name)
        yield


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


_PAPER = Paper(
    id="2607.00001",
    title="On rivers",
    authors=("Ada Brook", "Ben Ford"),
    abstract="We look at 3 rivers.\nThey bend.",
    submitted_at=AT,
    votes=3,
    vote_history=((DATE, 2), (DATE + dt.timedelta(1), 3)),
    keywords=("rivers",),
    organization=Organization("water", "Water Works"),
    summaries={"ko": Summary(("**What's New**: 강을 본다.", "물은 흐른다."), by="digest")},
)
_DAY = make_day(DATE, _PAPER, make_paper(2, title="On lakes"), fetched_at=AT)
_OTHER = make_day(DATE + dt.timedelta(1), make_paper(3), make_paper(4, votes=1, vote_history=((DATE, 1),)))
_RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:media="http://search.yahoo.com/mrss/"><channel><title>A</title><link>https://a.example/</link>
<item><title>On rivers</title><link>/1</link><guid>g</guid><pubDate>Mon, 13 Jul 2026 10:00:00 KST</pubDate>
<description>&lt;p&gt;Votes: 3&lt;/p&gt;&lt;img src="/a.png"&gt;</description><dc:creator>Ada</dc:creator>
<media:thumbnail url="/t.png"/><category>c</category></item>
<item><title><![CDATA[On <b>lakes</b>]]></title><link>https://arxiv.org/abs/2607.00001v1</link></item></channel></rss>"""
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><updated>2026-07-14T04:00:00Z</updated><entry>
<id>oai:arXiv.org:2607.00002v1</id><title>On seas</title><link href="https://a.example/2026/07/13/#2607.00002"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p lang="en">Of <b>seas</b>.</p></div></content>
<author><name>Ben</name></author><link rel="enclosure" href="/v.mp4"/></entry></feed>"""
_JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "url": "/a", "title": "On rain",
"tags": ["w", 3], "content_html": "<p>Authors: Ada, Ben</p>", "date_published": "2026.07.13",
"authors": [{"name": "Cy"}, {}]}]}"""
_CURATION = """\
2607.00001:
  pin: true
  title: On large rivers
  authors: [Ada Brook]
  media: [{url: https://a.example/v.mp4, kind: video}]
  organization: {name: water, fullname: Water Works}
  summaries: {ko: ["**새로운 점**: 강을 본다."]}
2607.00002:
  hide: true
"""
_TOPICS = """\
rivers:
  names: {ko: 강, en: Rivers}
  words: [river, large river]
  except: [dry river]
lakes:
  names: {ko: 호수, en: Lakes}
  words:
    - lake
"""
_CONFIG = """\
site_name: A site
site_url: https://papers.example/
theme: {name: mkdocs}
plugins:
  - daily-papers:
      source: [https://a.example/feed.xml, "arxiv:cs.CL"]
      since: 2026-07-01
      fetch: never
      languages: [ko, en]
      media_hosts: [pictures.example]
      summaries: {model: a-model, languages: [ko], tokens: {call: 6000}, money: {month: 3.5}}
"""


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _related() -> bytes:
    return b'{"since": "2026-07-15", "papers": ' + encode_map({"2607.00002": ("2607.00001",)}) + b"}\n"


READERS = {
    "huggingface": Reader((_json([record("2607.00001"), record("2607.00002"), {"paper": {"id": "x"}}]),), _read_page),
    "rss": Reader((_RSS,), _read_feed),
    "atom": Reader((_ATOM,), _read_feed),
    "json feed": Reader((_JSON_FEED,), _read_feed),
    "arxiv": Reader((atom(entry("2607.00001"), entry("hep-th/9901001", "Cy")).encode(),), _read_arxiv),
    "model": Reader(
        (
            _json(completion(_json({"bullets": bullets("Rivers")}).decode())),
            _json(completion("<think>3 rivers</think>\n" + "\n".join(f"- {line}" for line in bullets("Rivers")))),
            _json(completion([{"type": "text", "text": _json({"bullets": bullets("Rivers")}).decode()}], "length")),
            _json({"error": {"code": 429, "message": "slow down"}, "usage": {"prompt_tokens": 3}}),
        ),
        _read_answer,
    ),
    "digest": Reader(
        (render_digest(_DAY, ["ko"]).encode(), (render_digest(_DAY, ["ko"]) + render_digest(_OTHER, ["ko"])).encode()),
        _import("2026/07/15.md"),
    ),
    "jsonl": Reader(
        (b"".join(msgspec.json.encode(day, order="deterministic") + b"\n" for day in (_DAY, _OTHER, _DAY)),),
        _import("days.jsonl"),
    ),
    "curation": Reader((_CURATION.encode(),), _read_file(CURATION, _curate)),
    "topics": Reader((_TOPICS.encode(),), _read_file(TOPICS, _match)),
    "prompts": Reader((b"ko: |\n  Summarize in {language}.\nany: Write.\n",), _read_file(OWN_PROMPTS, read_prompts)),
    "day file": Reader((encode_day(_DAY),), _read_file(day_path(Path(), DATE).as_posix(), _rewrite_day)),
    "rejected": Reader(
        (b'[\n{"id":"x","reason":"no id","at":"$.papers[0]","record":{"a":[1]}}\n]\n',),
        _read_file("2026/07/15.rejected.json", lambda root: read_rejected(root, DATE)),
    ),
    "ledger": Reader(
        (encode_map({DATE: LedgerEntry("complete"), DATE - dt.timedelta(1): LedgerEntry("failed", "x", tried=DATE)}),),
        _read_file("ledger.json", read_ledger),
    ),
    "related": Reader((_related(),), _read_file("2026/07/related.json", read_related)),
    "usage": Reader((encode_map({"2026-07": Usage(3, 900, 900, 0.5)}),), _read_file("usage.json", read_usage)),
    "media": Reader(
        (encode_map({"https://a.example/a.png": Mirrored("ab", 9)}),), _read_file("media.json", read_index)
    ),
    "arxiv.json": Reader((encode_map({"2607.00001": 2}),), _read_file("arxiv.json", read_unknown)),
    "mkdocs.yml": Reader((_CONFIG.encode(),), _read_config),
}
"""Readers by name."""


def run_readers(count: int, folder: Path, *, same_each_time: bool = False) -> Counter[str]:
    """Read `count` changed seeds, shared among READERS, below `folder`; return how many were read and refused.

    Raises AssertionError, or any error of the code, with the smallest change that causes it.
    """
    counts: Counter[str] = Counter()
    for name, reader in READERS.items():
        _run_reader(name, reader, -(-count // len(READERS)), folder / name, counts, same_each_time=same_each_time)
    return counts


def _run_reader(
    name: str, reader: Reader, count: int, folder: Path, counts: Counter[str], *, same_each_time: bool
) -> None:
    number = 0

    @settings(
        derandomize=same_each_time,
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(reader.seeds), st.lists(insertions | replacements, min_size=1, max_size=4))
    def check_changed(seed: bytes, changes: list[Change]) -> None:
        nonlocal number
        number += 1
        body = change_body(seed, changes)
        try:
            # An import finds an archive of its own, so that no earlier one hides a change.
            root = folder / (str(number) if name in ("digest", "jsonl") else "") / "archive"
            root.mkdir(parents=True, exist_ok=True)
            reader.read(body, root)
        except DailyPapersError:
            counts[f"{name} refused"] += 1
        else:
            counts[f"{name} read"] += 1

    check_changed()
