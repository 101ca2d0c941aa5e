"""Bodies of upstream that are as large as a limit allows, or unpack to more: peak memory and CPU time of each job.

Run this module to print the table: `python -m tests.hostile_bodies [NAME...]`. Each body is sent over loopback to a
process of its own, which has handled a harmless body before: its memory then is the baseline.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import stamina
from PIL import Image

from daily_papers.archive.day_files import write_day
from daily_papers.errors import DailyPapersError
from daily_papers.jobs.enrich import enrich_archive
from daily_papers.jobs.fetch import fetch_archive
from daily_papers.jobs.mirror import MAX_MEMORY, scale
from daily_papers.jobs.summarize import summarize_archive
from daily_papers.net.client import MAX_BYTES as ARXIV_BYTES
from daily_papers.net.image_download import Rules, download
from daily_papers.sources.feed_xml import MAX_BYTES as FEED_BYTES
from daily_papers.sources.huggingface import MAX_PAGE_BYTES as PAGE_BYTES
from daily_papers.summaries.chat_client import MAX_BYTES as ANSWER_BYTES
from daily_papers.summaries.plan import Settings, make_plan
from tests.chat import ChatModel, completion, raw
from tests.factories import make_day, make_paper
from tests.pictures import HOST, LOOPBACK, Pictures
from tests.processes import LIMIT_S
from tests.upstream import Upstream, answer, atom, entry, record

LIMIT_MIB = 100
"""Memory that a body may take, beside the baseline."""

DATE = dt.date(2026, 7, 14)
NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)
Kind = Literal["huggingface", "feed", "arxiv", "model", "picture"]


class Body(NamedTuple):
    """A body: `kind` is the upstream that sends it, and `make` returns its bytes before they are packed."""

    kind: Kind
    make: Callable[[], bytes]
    header: tuple[str, str] | None = None
    """A further header."""


class Usage(NamedTuple):
    """The resources that a body took. The sizes are in bytes, sent and unpacked."""

    sent: int
    size: int
    peak_mib: float
    cpu_s: float
    result: str


def _fill(beginning: bytes, repeated: bytes, end: bytes, limit: int = PAGE_BYTES) -> bytes:
    """Return a body of at most `limit` bytes."""
    return beginning + repeated * ((limit - len(beginning) - len(end)) // len(repeated)) + end


def _feed(beginning: str, repeated: str, end: str = "") -> bytes:
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>A</title><item><title>Rivers</title>'
    tail = "</item></channel></rss>"
    return _fill((head + beginning).encode(), repeated.encode(), (end + tail).encode(), FEED_BYTES)


def _arxiv(beginning: bytes, repeated: bytes) -> bytes:
    return _fill(atom().encode().removesuffix(b"</feed>") + beginning, repeated, b"</feed>", ARXIV_BYTES)


def _answer(beginning: str, repeated: str, end: str) -> bytes:
    """Return a chat completion, the content of which is filled."""
    marked = json.dumps(completion("@")).encode()
    before, after = marked.split(b"@")
    content = [json.dumps(part)[1:-1].encode() for part in (beginning, repeated, end)]
    return _fill(before + content[0], content[1], content[2] + after, ANSWER_BYTES)


def _picture(format_: str, mode: str, bytes_a_pixel: float, *, width: int = 0, **options: Any) -> Callable[[], bytes]:
    """Return a function that makes the largest picture of MAX_MEMORY, square unless `width` is given."""

    def make() -> bytes:
        stored = io.BytesIO()
        pixels = int(MAX_MEMORY / bytes_a_pixel)
        across = width or int(pixels**0.5)
        Image.new(mode, (across, min(pixels // across, 65_000))).save(stored, format_, **options)
        return stored.getvalue()

    return make


_ENTRY = entry("2607.00001").encode()
_PAPER = '{"paper":{"id":"2607.00001","title":"A",'

BODIES: dict[str, Body] = {
    "numbers in a list": Body("huggingface", lambda: _fill(b"[1", b",1", b"]")),
    "empty records": Body("huggingface", lambda: _fill(b"[{}", b",{}", b"]")),
    "records with an id": Body("huggingface", lambda: _fill(b"[{}", b',{"paper":{"id":"2607.00001"}}', b"]")),
    "bad keywords": Body("huggingface", lambda: _fill(f'[{_PAPER}"ai_keywords":[1'.encode(), b",1", b"]}}]")),
    "keywords": Body("huggingface", lambda: _fill(f'[{_PAPER}"ai_keywords":["a"'.encode(), b',"a"', b"]}}]")),
    "authors": Body("huggingface", lambda: _fill(f'[{_PAPER}"authors":[{{}}'.encode(), b',{"name":"A"}', b"]}}]")),
    "media": Body("huggingface", lambda: _fill(f'[{_PAPER}"mediaUrls":["a"'.encode(), b',"https://a.b/c"', b"]}}]")),
    "unknown keys": Body("huggingface", lambda: _fill(f'[{_PAPER}"a":1'.encode(), b',"a":1', b"}}]")),
    "a long title": Body("huggingface", lambda: _fill(b'[{"paper":{"id":"2607.00001","title":"', b"ab ", b'"}}]')),
    "escaped text": Body("huggingface", lambda: _fill(b'[{"paper":{"id":"2607.00001","title":"', b"\\u0301", b'"}}]')),
    "nested brackets": Body("huggingface", lambda: b"[" * PAGE_BYTES),
    "nested records": Body("huggingface", lambda: _fill(b"[", b'{"paper":', b"")),
    "a page of HTML": Body("huggingface", lambda: _fill(b"<!doctype html>", b"<p>a", b"")),
    "more than the limit": Body("huggingface", lambda: b" " * (64 * PAGE_BYTES)),
    "a long RateLimit header": Body("huggingface", lambda: b"[]", ("RateLimit", '"api";r=1;t=1,' * 4500)),
    "a long Link header": Body("huggingface", lambda: b"[]", ("Link", '<a>; rel="x",' * 4500)),
    "a long feed author": Body("feed", lambda: _feed("<author>", "a b, ", "</author>")),
    "many feed authors": Body("feed", lambda: _feed("", "<author>Ada</author>")),
    "comments in a feed": Body("feed", lambda: _feed("", "<!-- a -->")),
    "escaped comments": Body("feed", lambda: _feed("<description>", "&lt;!-- a --&gt;", "</description>")),
    "escaped elements": Body("feed", lambda: _feed("<description>", "&lt;p&gt;", "</description>")),
    "escaped pictures": Body("feed", lambda: _feed("<description>", '&lt;img src="/a.png"&gt;', "</description>")),
    "a long description": Body("feed", lambda: _feed("<description>", "a b ", "</description>")),
    "a marked section": Body("feed", lambda: _feed("<description><![CDATA[", "<b>", "]]></description>")),
    "elements in a feed": Body("feed", lambda: _feed("", "<a/>")),
    "nested elements": Body("feed", lambda: _feed("", "<a>")),
    "spaced nested elements": Body("feed", lambda: _feed("", "<a>  ")),
    "attributes": Body("feed", lambda: _feed("<a ", 'b="c" ', "/>")),
    "references": Body("feed", lambda: _feed("<description>", "&amp;", "</description>")),
    "empty items": Body("feed", lambda: _feed("</item>", "<item/>", "<item>")),
    "items": Body("feed", lambda: _feed("</item>", "<item><title>A</title><link>/a</link></item>", "<item>")),
    "a JSON Feed of numbers": Body("feed", lambda: _fill(b'{"version":"","items":[1', b",1", b"]}", FEED_BYTES)),
    "a JSON Feed of items": Body("feed", lambda: _fill(b'{"version":"","items":[{}', b",{}", b"]}", FEED_BYTES)),
    "a JSON Feed of tags": Body(
        "feed", lambda: _fill(b'{"version":"","items":[{"id":1,"title":"A","tags":["a"', b',"a"', b"]}]}", FEED_BYTES)
    ),
    "entries of arXiv": Body("arxiv", lambda: _arxiv(b"", _ENTRY)),
    "an author of arXiv": Body("arxiv", lambda: atom(entry("2607.00001", "a b, " * (ARXIV_BYTES // 6))).encode()),
    "authors of arXiv": Body("arxiv", lambda: atom(entry("2607.00001", *["A"] * (ARXIV_BYTES // 40))).encode()),
    "categories of arXiv": Body(
        "arxiv", lambda: atom(entry("2607.00001", more='<category term="a"/>' * (ARXIV_BYTES // 21))).encode()
    ),
    "comments in arXiv's feed": Body("arxiv", lambda: _arxiv(_ENTRY, b"<!-- a -->")),
    "nested elements in arXiv's feed": Body("arxiv", lambda: _arxiv(b"", b"<a>")),
    "spaced nested elements in arXiv's feed": Body("arxiv", lambda: _arxiv(b"", b"<a>      ")),
    "a long answer": Body("model", lambda: _answer("- ", "a b ", "")),
    "an answer of braces": Body("model", lambda: _answer("", '{"', "")),
    "an answer of bullets": Body("model", lambda: _answer('{"bullets": ["a"', ', "a"', "]}")),
    "an answer of thoughts": Body("model", lambda: _answer("", "<think>", "")),
    "choices": Body("model", lambda: _fill(b'{"choices":[{}', b",{}", b"]}", ANSWER_BYTES)),
    "nested choices": Body("model", lambda: b'{"choices":' + b"[" * (ANSWER_BYTES - 11)),
    "more than an answer's limit": Body("model", lambda: b" " * (64 * ANSWER_BYTES)),
    "a PNG": Body("picture", _picture("PNG", "RGB", 10)),
    "a PNG with transparency": Body("picture", _picture("PNG", "RGBA", 10)),
    "a PNG with a palette": Body("picture", _picture("PNG", "P", 10)),
    "a PNG with 16 bits": Body("picture", _picture("PNG", "I;16", 10)),
    "a JPEG": Body("picture", _picture("JPEG", "RGB", 1)),
    "a narrow JPEG": Body("picture", _picture("JPEG", "CMYK", 21, width=640)),
    "a narrow PNG": Body("picture", _picture("PNG", "RGBA", 21, width=640)),
    "a narrow WebP": Body("picture", _picture("WEBP", "RGBA", 33, width=640)),
    "a narrow JPEG that is larger": Body("picture", _picture("JPEG", "CMYK", 5, width=700)),
    "a progressive JPEG": Body("picture", _picture("JPEG", "CMYK", 9, progressive=True)),
    "a GIF": Body("picture", _picture("GIF", "P", 10, transparency=0)),
    "a WebP": Body("picture", _picture("WEBP", "RGBA", 23)),
    "a PNG that is larger": Body("picture", _picture("PNG", "L", 0.3)),
}
"""Bodies by name."""

HARMLESS: dict[Kind, Callable[[], bytes]] = {
    "huggingface": lambda: json.dumps([record("2607.00001")]).encode(),
    "feed": lambda: _feed("<link>/a</link><description>&lt;p&gt;a&lt;/p&gt;", " ", "</description>")[:500],
    "arxiv": lambda: atom(entry("2607.00001")).encode(),
    "model": lambda: json.dumps(completion("x")).encode(),
    "picture": _picture("PNG", "RGB", 9_000),
}
"""A small body of each kind, which makes a process load what it needs."""


def measure(name: str) -> Usage:
    """Send the body `name` to a new process; return the resources that it took there."""
    body = BODIES[name]
    data = body.make()
    packed = data if body.kind == "picture" else gzip.compress(data, 6)
    headers = {"Content-Encoding": "gzip", **dict([body.header] if body.header else [])}
    with Upstream() as upstream, ChatModel() as model, Pictures() as pictures:
        hostile = answer(200, packed, headers)
        upstream.then(answer(200, HARMLESS[body.kind](), {}))
        upstream.always(hostile)
        upstream.arxiv_then(answer(200, HARMLESS["arxiv"](), {}))
        upstream.arxiv_always(hostile)
        model.then(raw(HARMLESS["model"]()), raw(HARMLESS["model"]()))
        model.always(raw(packed, content_encoding="gzip"))
        pictures.answers = {"/harmless": HARMLESS["picture"](), "/hostile": data}
        environment = {
            **os.environ,
            "HF_ENDPOINT": upstream.url,
            "DAILY_PAPERS_ARXIV_ENDPOINT": upstream.url,
            "OPENAI_BASE_URL": model.url,
            "PICTURES": pictures.url,
        }
        command = [sys.executable, "-m", "tests.hostile_bodies", "--child", body.kind]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    peak, cpu, result = json.loads(done.stdout.splitlines()[-1])
    return Usage(len(packed), len(data), peak, cpu, result)


def _run_child(kind: Kind) -> None:
    """Handle a harmless body, then the hostile one; print peak memory, CPU time and result of the second as JSON."""
    logging.disable()
    stamina.set_testing(True, attempts=1)
    _handle(kind, "/harmless")
    Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the peak is counted anew
    baseline, started = _memory_mib("VmRSS"), time.process_time()
    result = _handle(kind, "/hostile")
    cpu_s = time.process_time() - started
    print(json.dumps((_memory_mib("VmHWM") - baseline, cpu_s, result)))


def _memory_mib(key: str) -> float:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) / 1024


def _handle(kind: Kind, path: str) -> str:
    """Run the job of `kind` in an archive of its own; return its report, or its error."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return " ".join(str(_JOBS[kind](Path(folder), path)).split())[:60]
        except DailyPapersError as e:
            return str(e)[:60]


def _fetch(root: Path, source: str) -> object:
    report = fetch_archive(
        root, source, now=NOW, since=DATE, until=DATE if source == "huggingface" else None, refresh_days=1
    )
    return next((outcome.error for outcome in report.outcomes if outcome.error), report)


def _enrich(root: Path, path: str) -> object:
    write_day(root, make_day(DATE, make_paper()))
    report = enrich_archive(root)
    return next((outcome.error for outcome in report.outcomes if outcome.error), report)


def _summarize(root: Path, path: str) -> object:
    write_day(root, make_day(DATE, make_paper(abstract="We look at rivers.")))
    settings = Settings(model="a-model")
    report = summarize_archive(root, settings, make_plan(root, settings, since=DATE), now=NOW)
    return next((outcome.reason for outcome in report.outcomes if outcome.reason), report)


def _scale(root: Path, path: str) -> object:
    port = int(os.environ["PICTURES"].rpartition(":")[2])
    rules = Rules([HOST], "http", port, lambda address: address == LOOPBACK, lambda host, port: [LOOPBACK])
    url = f"http://{HOST}:{port}{path}"
    return [len(copy) for copy in scale(download(url, rules), url)]


_JOBS: dict[Kind, Callable[[Path, str], object]] = {
    "huggingface": lambda root, path: _fetch(root, "huggingface"),
    "feed": lambda root, path: _fetch(root, f"{os.environ['HF_ENDPOINT']}/feed.xml"),
    "arxiv": _enrich,
    "model": _summarize,
    "picture": _scale,
}


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        _run_child(sys.argv[2])  # type: ignore[arg-type]
        return
    print(f"{'body':34}{'sent':>11}{'unpacked':>12}{'peak MiB':>10}{'CPU s':>8}  result")
    for name in sys.argv[1:] or BODIES:
        usage = measure(name)
        print(
            f"{name:34}{usage.sent:11,}{usage.size:12,}{usage.peak_mib:10.1f}{usage.cpu_s:8.2f}  {usage.result}",
            flush=True,
        )


if __name__ == "__main__":
    main()
