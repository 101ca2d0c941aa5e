"""Pagefind index of a site: a small HTML file per record, indexed by Pagefind's command line.

Every shard gets a bundle, a folder of index files; the browser merges the bundles. A cache stores each bundle by the
hash of its input, so that an unchanged shard is not indexed again. A build runs this in a process of its own, and waits
for it at its end. A preview runs it in a thread, after its build.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from daily_papers.archive.file_io import file_lock, link_or_copy
from daily_papers.archive.processes import CAN_FORK, fork, kill
from daily_papers.errors import SearchError
from daily_papers.search.korean import FindExtraWords
from daily_papers.search.pagefind_cbor import canonicalize
from daily_papers.search.pagefind_program import CHUNK_WORDS, Pagefind
from daily_papers.search.record_pages import LANGUAGE, record_pages
from daily_papers.search.records import Record, Shard

FORMAT = "2"
"""Part of each bundle's hash: a new value rebuilds all bundles."""
LARGE_SHARD_PAPERS = 2000
"""A larger shard takes Pagefind 1 GB of memory: they are indexed one at a time, in parallel to the smaller ones."""
_TIMEOUT_S = 600
# The files of a bundle that the browser needs; Pagefind's own user interfaces are left out.
_BUNDLE_FILES = (
    "pagefind.js",
    f"wasm.{LANGUAGE}.pagefind",
    "pagefind-entry.json",
    "*.pf_meta",
    "index",
    "filter",
    "fragment",
)

_LISTING = ".files.json"
"""Name and size in bytes of each file of a cached bundle. It is not published."""
_PART = ".part-"
"""Begins the name of an unfinished bundle's folder; the id of the process follows."""
_ABORT_S = 2.0
"""Maximum wait for the end of a thread whose programs were ended, in seconds."""
_MAX_ERROR_CHARS = 300

_encoder = msgspec.msgpack.Encoder()


class Indexer:
    """Index `shards` with the program Pagefind into folders below `folder`; they are complete when `finish` returns.

    `make_records` returns the records of a shard; it is called where the shard is indexed. With `in_background`,
    indexing starts at once in another process. If none can be forked, or it was killed, `finish` indexes in this one.
    If nothing can be written to `cache`, `finish` indexes once more, below the folder that `replace_cache` returns.
    """

    def __init__(
        self,
        program: Path,
        shards: Sequence[Shard],
        make_records: Callable[[Shard], Sequence[Record]],
        *,
        folder: Path,
        cache: Path,
        replace_cache: Callable[[OSError], Path],
        find_extra_words: FindExtraWords,
        in_background: bool,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._pagefind, self._shards, self._make_records = Pagefind(program), shards, make_records
        self._folder, self._cache, self._find_extra_words, self._timeout_s = folder, cache, find_extra_words, timeout_s
        self._preparing, self._publishing = threading.Lock(), threading.Lock()
        self._replace_cache = replace_cache
        self._stopped = False
        self._process: BaseProcess | None = None
        self._thread: threading.Thread | None = None
        if in_background and CAN_FORK:
            with suppress(OSError):  # no further process: a small container
                self._fork()

    def finish(self) -> None:
        """Wait until all bundles are published. Raises SearchError if Pagefind or the disk fails."""
        if self._process:
            try:
                error = self._receiver.recv()
            except EOFError:
                error = ""
            self._process.join()
            if error:
                raise SearchError(error)
        if not self._process or self._process.exitcode:
            self._publish_all()

    def finish_in_thread(self, on_finish: Callable[[SearchError | None], None]) -> None:
        """Publish all bundles in a thread, then call `on_finish` with the error, if any. Not called after `stop`."""

        def run() -> None:
            error = None
            try:
                self._publish_all()
            except SearchError as e:
                error = e
            if not self._stopped:
                on_finish(error)

        self._thread = threading.Thread(target=run, daemon=True, name="daily-papers search")
        self._thread.start()

    def fill_cache(self) -> None:
        """Add the missing bundles to the cache without publishing them. Raises SearchError."""
        with self._locked_cache():
            self._cache_all()

    def stop(self) -> None:
        """Publish nothing more. A bundle that is being made is still cached, for the next build."""
        with self._publishing:
            self._stopped = True

    def abort(self) -> None:
        """Stop at once, and leave neither a process nor a temporary folder."""
        self.stop()
        self._pagefind.stop()
        if self._process:
            kill(self._process)
            for unfinished in self._cache.glob(f"{_PART}{self._process.pid}-*"):
                shutil.rmtree(unfinished, ignore_errors=True)
        if self._thread:
            self._thread.join(_ABORT_S)

    @property
    def is_running(self) -> bool:
        """True while a thread indexes."""
        return bool(self._thread and self._thread.is_alive())

    def _fork(self) -> None:
        self._receiver, self._sender = multiprocessing.Pipe(duplex=False)
        self._process = fork(self._run_in_process)
        self._sender.close()

    def _run_in_process(self) -> None:
        try:
            self._publish_from_cache()
        except _CacheError:
            sys.exit(1)  # the other process replaces the cache
        except SearchError as e:
            self._sender.send(str(e))

    def _publish_all(self) -> None:
        """Publish the bundles of all shards, from another cache if this one fails."""
        try:
            self._publish_from_cache()
        except _CacheError as e:
            try:
                self._cache = self._replace_cache(e.error) / self._cache.name
            except OSError:
                raise e from None
            self._publish_from_cache()

    def _publish_from_cache(self) -> None:
        """Publish the bundles of all shards, and delete the others from the cache."""
        with self._locked_cache():
            if self._stopped:
                return
            bundles = self._cache_all()
            with self._publishing:
                if self._stopped:
                    return
                try:
                    for name, bundle in bundles.items():
                        _publish(bundle, self._folder / name)
                except OSError as e:
                    raise self._failure(e) from e
            for unused in set(self._cache.iterdir()).difference(bundles.values()):
                shutil.rmtree(unused, ignore_errors=True)

    @contextmanager
    def _locked_cache(self) -> Iterator[None]:
        """Lock the cache. Raises SearchError for every expected error within: _CacheError if the disk refuses."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with file_lock(self._cache.with_suffix(".lock")):  # a preview and a build may share a cache
                yield
        except OSError as e:
            raise _CacheError(str(self._failure(e)), e) from e
        except (ValueError, subprocess.SubprocessError) as e:
            raise self._failure(e) from e

    def _failure(self, error: Exception) -> SearchError:
        return SearchError(f"{self._pagefind.path.name} did not build the search index: {_error_line(error)}")

    def _cache_all(self) -> dict[str, Path]:
        """Return the cached bundle of each shard, by the shard's name.

        The large shards are indexed in a thread, in parallel to the small ones: a single Pagefind process leaves half
        a core idle.
        """
        large = [shard for shard in self._shards if len(shard.papers) > LARGE_SHARD_PAPERS]
        small = [shard for shard in self._shards if len(shard.papers) <= LARGE_SHARD_PAPERS]
        large_bundles: Future[dict[str, Path]] = Future()

        def cache_large() -> None:
            try:
                large_bundles.set_result({shard.name: self._cache_bundle(shard) for shard in large})
            except Exception as e:  # noqa: BLE001  # raised below
                large_bundles.set_exception(e)

        # No executor: a preview would wait for its threads when it ends.
        thread = threading.Thread(target=cache_large, daemon=True, name="daily-papers large shards")
        thread.start()
        try:
            return {shard.name: self._cache_bundle(shard) for shard in small} | large_bundles.result()
        except Exception:
            large_bundles.exception()  # keeps the cache locked until both are done
            raise
        except BaseException:
            self._pagefind.stop()
            thread.join(_ABORT_S)
            raise

    def _cache_bundle(self, shard: Shard) -> Path:
        """Return the cached bundle of `shard`; make it if it is missing or incomplete."""
        with self._preparing:  # one at a time, so that the large shards, which take longest, soon reach Pagefind
            records = self._make_records(shard)
            extra_words = self._find_extra_words(records)
            bundle = self._cache / f"{shard.name}-{self._hash(records, extra_words)}"
            if _is_complete(bundle, bundle):
                return bundle
            shutil.rmtree(bundle, ignore_errors=True)
            # A preview may be ended while a file is written here.
            temporary = tempfile.TemporaryDirectory(
                dir=self._cache, prefix=f"{_PART}{os.getpid()}-", ignore_cleanup_errors=True
            )
            for name, content in record_pages(records, extra_words):
                path = Path(temporary.name, "pages", name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        with temporary:
            self._index(Path(temporary.name), bundle)
        return bundle

    def _hash(self, records: Sequence[Record], extra_words: Sequence[str]) -> str:
        inputs = (FORMAT, CHUNK_WORDS, self._pagefind.version(), records, extra_words)
        return hashlib.sha256(_encoder.encode(inputs)).hexdigest()[:24]

    def _index(self, folder: Path, bundle: Path) -> None:
        """Index the pages in `folder` and move the result to `bundle`."""
        output, selected = folder / "output", folder / "selected"
        self._pagefind.run(folder, self._timeout_s)
        selected.mkdir()
        for pattern in _BUNDLE_FILES:
            for path in output.glob(pattern):
                path.rename(selected / path.name)
        if not list(selected.glob("*.pf_meta")):
            raise ValueError("it exited without an error but wrote no index")
        canonicalize(selected, LANGUAGE)
        (selected / _LISTING).write_bytes(msgspec.json.encode(_sizes(selected)))
        selected.rename(bundle)


class _CacheError(SearchError):
    """Nothing can be written to the cache; `error` is the reason."""

    def __init__(self, message: str, error: OSError) -> None:
        super().__init__(message)
        self.error = error


def _sizes(bundle: Path) -> dict[str, int]:
    paths = (Path(folder, name) for folder, _, names in os.walk(bundle) for name in names if name != _LISTING)
    return {path.relative_to(bundle).as_posix(): path.stat().st_size for path in sorted(paths)}


def _is_complete(bundle: Path, folder: Path) -> bool:
    """Return True if `folder` has every file of a cached bundle in full size: a crash or a cleanup may remove some."""
    try:
        return bool(msgspec.json.decode((bundle / _LISTING).read_bytes()) == _sizes(folder))
    except (OSError, msgspec.DecodeError):
        return False


def _publish(bundle: Path, folder: Path) -> None:
    """Copy `bundle` to `folder` in the built site, unless a preview has already put it there."""
    if _is_complete(bundle, folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, folder, copy_function=link_or_copy, ignore=shutil.ignore_patterns(_LISTING))


def _error_line(error: Exception) -> str:
    """Return an error in one line, with the last line of the program's stderr if there is any."""
    output = getattr(error, "stderr", None) or b""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return f"{error}: {lines[-1][:_MAX_ERROR_CHARS]}" if lines else str(error)
