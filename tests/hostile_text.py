"""Functions that read text from outside, and texts of any length that once made such functions slow.

Run this module to print the CPU time of each function for its slowest text: `python -m tests.hostile_text [CHARS]`.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec

from daily_papers.archive.curation import read_curation
from daily_papers.archive.day_files import write_day
from daily_papers.archive.topics import Taxonomy, read_taxonomy
from daily_papers.errors import DailyPapersError
from daily_papers.formats.digest import read_digest
from daily_papers.formats.digest_writer import render_digest
from daily_papers.index.organizations import organization_slug
from daily_papers.index.people import fold_name
from daily_papers.jobs.similarity import SimilarityIndex
from daily_papers.model.citations import bibtex_entry, citation_key, cite, ris_record
from daily_papers.model.records import Day, Github, Organization, Paper, Summary, read_paper_id
from daily_papers.model.text import clean_block, clean_line, error_line, normalize, quote, safe_url, strip_invisible
from daily_papers.net.rate_limit import RateLimiter, requested_wait_s
from daily_papers.search.korean import mine_glossary
from daily_papers.search.records import Record, plain
from daily_papers.sources.huggingface import read_page
from daily_papers.summaries.response_parser import ResponseFormatError, parse_response
from daily_papers.summaries.validation import SourceText, check_bullet, check_source_text, check_summary
from tests.factories import make_day, make_paper, publish
from tests.upstream import record

DATE = dt.date(2026, 7, 15)
NOW = dt.datetime(2026, 7, 16, tzinfo=dt.UTC)
SUITE_CHARS = 100_000
"""Length of a text in the tests: quadratic time would be minutes."""

_ALTERNATING_MARKS = "\u0301\u0327"
_UNITS = [
    *("a", "Ab", "1,", "1,000", "3^", "1.", "___", "a-", "www.a", "a@a.", "http://"),
    *(" ", "\n ", "\n\n  ", "\\", '"', "`", "``", "**", "***a", "**a**: ", "a b ", "i am "),
    *(
        "(",
        ")",
        "[",
        "](",
        "![](",
        "{",
        "}",
        "{{",
        "[[",
        "<",
        "<a",
        "<!",
        "<think>",
        "</think>",
        "<script",
        "&",
        "&amp;",
    ),
    *("e.g. ", ". ", ".)", "!' ", ", ", " and ", ": ", "- ", "1. ", "### ", "## ", "1 to ", "1 million ", "T2V "),
    *(
        "가",
        "가나 ",
        "가나(",
        "가나 (Ab)",
        "이는 ",
        "日",
        "십",
        "3만",
        "\u0301",
        _ALTERNATING_MARKS,
        "\u1100",
        "\u1161",
    ),
    *("\ufdfa", "é", "\u200b", "\U000e0041", "\ud800", "😀", "\u202e", "\ufffe", "%", "/", "#"),
]
_PREFIXES = ("a", "**", "https://", "http://arxiv.org/abs/", "2402.", "- ", '{"bullets": ["', "Authors: [", "<think>")


def texts(chars: int) -> Iterable[tuple[str, str]]:
    """Yield a name and a text of `chars` characters, for each unit repeated and each prefix of some of them."""
    for unit in _UNITS:
        yield repr(unit), unit * (chars // len(unit))
    for prefix in _PREFIXES:
        for unit in ("a", "(", _ALTERNATING_MARKS):
            yield f"{prefix!r} + {unit!r}", prefix + unit * (chars // len(unit))


def _paper(text: str) -> Paper:
    line = clean_line(text)
    return make_paper(
        title=line or "A",
        authors=(line, f"{line} Ng") if line else (),
        abstract=clean_block(text) or None,
        keywords=(line,) if line else (),
        organization=Organization(name=line, fullname=line) if line else None,
        github=Github(url=line) if line else None,
        project_page=line or None,
        summaries={code: Summary(bullets=(line,), by="hand") for code in ("ko", "en") if line},
        votes=1,
        vote_history=((DATE, 1),),
    )


def _day(text: str) -> Day:
    return make_day(DATE, _paper(text), fetched_at=NOW)


def _read_page(text: str) -> None:
    value = text.encode("utf-8", "replace").decode()
    answer = [
        record(title=value, authors=[value], summary=value, keywords=[value], githubRepo=value),
        {value: value, "paper": {"id": value, value: value}},
    ]
    read_page(msgspec.json.encode(answer), DATE, NOW)


def _publish(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_day(Path(folder), _day(text))
        publish(Path(folder))


def _export_citations(text: str) -> None:
    citation = cite(_paper(text), DATE)
    bibtex_entry(citation, citation_key(citation, set()))
    ris_record(citation)


def _mine(text: str) -> None:
    record_ = Record(
        id="2607.00001", date=DATE, title="", authors="", organization="", organization_slug="", keywords="", topics=(),
        bullets=text, abstract="", votes=1, has_code=False, has_video=False, address="", picture="",
    )  # fmt: skip
    mine_glossary([record_], [])


def _relate(text: str) -> None:
    index = SimilarityIndex()
    index.add_date([_paper(text), make_paper(2)], {"2607.00001"})
    index.close()


def _check_bullet(text: str) -> None:
    source = SourceText(text, text, "ko")
    check_source_text(source)
    check_bullet(text, source)
    check_summary([text], source)
    check_bullet("모델이 3만 개의 문서를 읽는다.", source)


def _read_digest(text: str) -> None:
    line = text.replace("\n", " ")
    heading = f"## Daily Papers (2026-07-15)\n### [{line}](https://arxiv.org/abs/2607.00001)"
    read_digest(f"{heading}\nAuthors: {line}\n- {line}\n{line}".encode("utf-8", "replace"), "15.md")


def _observe(text: str) -> None:
    ascii_text = text.encode("ascii", "replace").decode().replace("\n", " ")
    headers = httpx.Headers({"ratelimit": f"r=1;{ascii_text}", "retry-after": ascii_text, "date": ascii_text})
    RateLimiter(time.monotonic, 0).observe(429, headers, None)
    requested_wait_s(429, headers)


def _parse_yaml(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        title = msgspec.json.encode(text.encode("utf-8", "replace").decode())
        (Path(folder) / "curation.yml").write_bytes(b"'2607.00001':\n  title: " + title + b"\n")
        read_curation(Path(folder))


_taxonomy: list[Taxonomy] = []


def _match_topics(text: str) -> None:
    if not _taxonomy:
        _taxonomy.append(read_taxonomy(Path("/nowhere")))
    _taxonomy[0].match(_paper(text))


READERS: dict[str, Callable[[str], object]] = {
    "model.text.clean_line": clean_line,
    "model.text.clean_block": clean_block,
    "model.text.strip_invisible": strip_invisible,
    "model.text.quote": quote,
    "model.text.error_line": lambda text: error_line(ValueError(text)),
    "model.text.safe_url": safe_url,
    "model.text.normalize": lambda text: [normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")],
    "model.records.read_paper_id": read_paper_id,
    "model.citations": _export_citations,
    "index.people.fold_name": fold_name,
    "index.organizations.organization_slug": organization_slug,
    "search.records.plain": plain,
    "search.korean.mine_glossary": _mine,
    "archive.topics.match": _match_topics,
    "archive.curation.read_curation": _parse_yaml,
    "jobs.similarity": _relate,
    "formats.digest.read_digest": _read_digest,
    "formats.digest_writer.render_digest": lambda text: render_digest(_day(text), ["ko"]),
    "net.rate_limit": _observe,
    "sources.huggingface.read_page": _read_page,
    "summaries.response_parser.parse_response": parse_response,
    "summaries.validation": _check_bullet,
    "site (every page and file)": _publish,
}


def read(reader: str, text: str) -> float:
    """Call `reader` with `text`; return the CPU time in seconds. Only errors of this package are caught."""
    start = time.process_time()
    with suppress(DailyPapersError, ResponseFormatError):
        READERS[reader](text)
    return time.process_time() - start


def main() -> None:
    chars = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for reader in READERS:
        slowest, name = max((read(reader, text), name) for name, text in texts(chars))
        print(f"{reader:45} {slowest:7.2f} s  {name}", flush=True)


if __name__ == "__main__":
    main()
