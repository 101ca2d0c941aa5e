"""The search index of a site: records as small files for Pagefind's command line, and what it makes of them.

Parts of records and a folder go in; below the folder comes a bundle a part, which the browser merges. A bundle is kept
in a cache by the hash of what it was made of: a part that has not changed is not indexed again. All of it runs in a
process beside the build, as long as nobody waits for it, or in a thread after a preview's.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from importlib import import_module, metadata
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec
from markupsafe import escape

from daily_papers.archive.file_io import file_lock, link_or_copy
from daily_papers.errors import ArchiveError, SearchError
from daily_papers.search.korean import AddWords
from daily_papers.search.pagefind_cbor import canonicalize
from daily_papers.search.records import Record, Shard

BETWEEN = "\u2e3b"
"""Stands between the texts of a record in what Pagefind keeps of it; core/found.mjs takes it apart again."""
CHUNK_WORDS = "8000"
"""Places of words in one file of an index: of 20,000, as Pagefind has it, a rare word costs a reader twice as much."""
LANGUAGE = "en"
"""Whose endings Pagefind takes from words; Korean ones are `korean`'s part."""

USUAL_PICTURE = "="
"""Stands for the picture at Hugging Face that nineteen papers of twenty have, whose address the id tells."""

FORMAT = "2"
"""Goes into each bundle's hash: another one makes all anew."""
LARGE_PAPERS = 2000
"""Of parts of more papers one is indexed at a time, which takes Pagefind 1 GB, and beside it the smaller ones."""
_TIMEOUT_S = 600
# What a bundle is needed for in the browser; Pagefind's own interfaces are not.
_KEPT = ("pagefind.js", f"wasm.{LANGUAGE}.pagefind", "pagefind-entry.json", "*.pf_meta", "index", "filter", "fragment")

_LISTING = ".files.json"
"""Holds name and size of each file of a kept bundle; it is not published."""

_encoder = msgspec.msgpack.Encoder()


def find_pagefind() -> Path | None:
    """Return Pagefind's program: the one of the extra `search`, else one on PATH; None if there is none."""
    with suppress(ImportError, OSError):
        return Path(import_module("pagefind_bin_extended").get_executable())
    found = shutil.which("pagefind_extended") or shutil.which("pagefind")
    return Path(found) if found else None


class Indexer:
    """Has `parts` indexed by `program` into folders below `folder`; they are there when `finish` returns.

    `make` returns the records of a part, which are needed only there.
    `beside` starts at once in a process of its own. Where none can be forked, or it was killed, `finish` does it all.
    """

    def __init__(
        self,
        program: Path,
        parts: Sequence[Shard],
        make: Callable[[Shard], Sequence[Record]],
        *,
        folder: Path,
        cache: Path,
        add_words: AddWords,
        beside: bool,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._program, self._parts, self._make = program, parts, make
        self._folder, self._cache, self._add_words, self._timeout_s = folder, cache, add_words, timeout_s
        self._making, self._placing = threading.Lock(), threading.Lock()
        self._stopped = False
        self._process: BaseProcess | None = None
        if beside and "fork" in multiprocessing.get_all_start_methods():
            with suppress(OSError):  # no further process: a small container
                self._fork()

    def finish(self) -> None:
        """Return when all is in its place. Raises SearchError where Pagefind fails, or the disk does."""
        if self._process:
            try:
                failure = self._failure.recv()
            except EOFError:
                failure = ""
            self._process.join()
            if failure:
                raise SearchError(failure)
        if not self._process or self._process.exitcode:
            self._write()

    def finish_later(self, tell: Callable[[SearchError | None], None]) -> None:
        """Do the same in a thread, which ends with calling `tell`, but not once all was stopped."""

        def run() -> None:
            failure = None
            try:
                self._write()
            except SearchError as e:
                failure = e
            if not self._stopped:
                tell(failure)

        threading.Thread(target=run, daemon=True, name="daily-papers search").start()

    def keep(self) -> None:
        """Make what is not kept yet, and put none of it in its place. Raises SearchError."""
        with self._working():
            self._keep_all()

    def stop(self) -> None:
        """Write nothing more below the folder; what is being made is still kept, for whoever asks next."""
        with self._placing:
            self._stopped = True

    def _fork(self) -> None:
        context = multiprocessing.get_context("fork")
        self._failure, self._said = context.Pipe(duplex=False)
        process = context.Process(target=self._write_beside, daemon=True)
        process.start()
        self._process = process
        self._said.close()

    def _write_beside(self) -> None:
        try:
            self._write()
        except SearchError as e:
            self._said.send(str(e))

    def _write(self) -> None:
        with self._working():
            if self._stopped:
                return
            bundles = self._keep_all()
            with self._placing:
                if self._stopped:
                    return
                for name, bundle in bundles.items():
                    _place(bundle, self._folder / name)
            for left in set(self._cache.iterdir()).difference(bundles.values()):
                shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Have the cache to oneself. Raises SearchError for whatever goes wrong meanwhile."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with file_lock(self._cache.with_suffix(".lock")):  # a preview and a build may share a cache
                yield
        except (ArchiveError, OSError, ValueError, subprocess.SubprocessError) as e:
            raise SearchError(f"{self._program.name} made no search index: {_told(e)}") from e

    def _keep_all(self) -> dict[str, Path]:
        """Return where each bundle is kept, by the name of its part. Pagefind by itself leaves half a core unused."""
        large = [part for part in self._parts if len(part.papers) > LARGE_PAPERS]
        small = [part for part in self._parts if len(part.papers) <= LARGE_PAPERS]
        kept: Future[dict[str, Path]] = Future()

        def keep_large() -> None:
            try:
                kept.set_result({part.name: self._keep(part) for part in large})
            except Exception as e:  # noqa: BLE001  # raised below
                kept.set_exception(e)

        # No executor: the end of a preview would wait for its threads.
        threading.Thread(target=keep_large, daemon=True, name="daily-papers large parts").start()
        try:
            return {part.name: self._keep(part) for part in small} | kept.result()
        finally:
            kept.exception()  # the cache is ours until both are done

    def _keep(self, part: Shard) -> Path:
        """Return where the bundle of `part` is kept, which is made if it is not there, or not whole."""
        with self._making:  # first what the large ones begin with, which take longest
            records = self._make(part)
            more_words = self._add_words(records)
            bundle = self._cache / f"{part.name}-{self._hash(records, more_words)}"
            if _is_whole(bundle, bundle):
                return bundle
            shutil.rmtree(bundle, ignore_errors=True)
            # A preview may be ended while it writes here.
            temporary = tempfile.TemporaryDirectory(dir=self._cache, prefix=".part-", ignore_cleanup_errors=True)
            for name, content in _files(records, more_words):
                path = Path(temporary.name, "pages", name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        with temporary:
            self._index(Path(temporary.name), bundle)
        return bundle

    def _hash(self, records: Sequence[Record], more_words: Sequence[str]) -> str:
        made_of = (FORMAT, CHUNK_WORDS, _version(self._program), records, more_words)
        return hashlib.sha256(_encoder.encode(made_of)).hexdigest()[:24]

    def _index(self, folder: Path, bundle: Path) -> None:
        """Make `bundle` of the pages in `folder`."""
        made, kept = folder / "made", folder / "kept"
        subprocess.run(
            [self._program, "--site", folder / "pages", "--output-path", made, "--force-language", LANGUAGE, "--quiet"],
            check=True,
            capture_output=True,
            cwd=folder,  # it reads a pagefind.yml where it is called
            env={**os.environ, "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": CHUNK_WORDS},
            timeout=self._timeout_s,
        )
        kept.mkdir()
        for pattern in _KEPT:
            for path in made.glob(pattern):
                path.rename(kept / path.name)
        if not list(kept.glob("*.pf_meta")):
            raise ValueError("it ended without an error, and wrote no index")
        canonicalize(kept, LANGUAGE)
        (kept / _LISTING).write_bytes(msgspec.json.encode(_sizes(kept)))
        kept.rename(bundle)


def record_html(record: Record, more_words: str = "") -> str:
    """Return `record` as a page for Pagefind: its texts in the order that core/found.mjs expects.

    Hangul comes apart into its letters. Pagefind compares it so, and counts words that it has to take apart itself as
    none, which makes one file of all Korean words.
    """
    texts = (record.authors, record.organization, record.keywords, record.bullets, record.abstract, more_words)
    body = "".join(f"{BETWEEN} <span>{_escaped(text)}</span> " for text in texts)
    return (
        f'<!doctype html><html lang="{LANGUAGE}"><body data-pagefind-body>'
        f'<span data-pagefind-weight="7" data-pagefind-meta="title">{_escaped(record.title)}</span> '
        f"{BETWEEN} <span>{_escaped(record.id)}</span> {body}"
        f"{''.join(_hidden(kind, name, value) for kind, name, value in _attributes(record))}</body></html>"
    )


def usual_picture(paper_id: str) -> str:
    return f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper_id}.png"


def _attributes(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and value of what is not text."""
    yield "meta", "url", record.address
    if record.picture:
        # What stands in a meta field is indexed by its words, unless it has none.
        yield "meta", "image", USUAL_PICTURE if record.picture == usual_picture(record.id) else record.picture
    if record.votes is not None:
        yield "meta", "votes", str(record.votes)
    yield "sort", "votes", str(record.votes or 0)
    yield "sort", "date", f"{record.date:%Y%m%d}"
    yield "filter", "year", str(record.date.year)
    for topic in record.topics:
        yield "filter", "topic", topic
    if record.organization_slug:
        yield "filter", "org", record.organization_slug
    if record.has_code:
        yield "filter", "code", "yes"
    if record.has_video:
        yield "filter", "video", "yes"


def _hidden(kind: str, name: str, value: str) -> str:
    return f'<i data-pagefind-ignore data-pagefind-{kind}="{name}">{_escaped(value)}</i>'


def _escaped(text: str) -> str:
    return str(escape(unicodedata.normalize("NFD", text)))


def _files(records: Sequence[Record], more_words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each page; Pagefind numbers papers in the order of their names."""
    for number, (record, more) in enumerate(zip(records, more_words, strict=True)):
        yield f"{record.date:%Y-%m}/{number:06}.html", record_html(record, more).encode("utf-8", "replace")


def _version(program: Path) -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version("pagefind_bin_extended")
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True, timeout=60).stdout


def _sizes(bundle: Path) -> dict[str, int]:
    paths = (Path(folder, name) for folder, _, names in os.walk(bundle) for name in names if name != _LISTING)
    return {path.relative_to(bundle).as_posix(): path.stat().st_size for path in sorted(paths)}


def _is_whole(bundle: Path, place: Path) -> bool:
    """Whether each file of a kept bundle is in `place`, at its length: a crash, or who tidied up, may leave less."""
    try:
        return bool(msgspec.json.decode((bundle / _LISTING).read_bytes()) == _sizes(place))
    except (OSError, msgspec.DecodeError):
        return False


def _place(bundle: Path, place: Path) -> None:
    """Put `bundle` where the site has it; a preview may find it there."""
    if _is_whole(bundle, place):
        return
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(bundle, place, copy_function=link_or_copy, ignore=shutil.ignore_patterns(_LISTING))


def _told(error: Exception) -> str:
    """Return what went wrong in one line: what the program said last, if it said anything."""
    said = getattr(error, "stderr", None) or b""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return f"{error}: {lines[-1][:300]}" if lines else str(error)
