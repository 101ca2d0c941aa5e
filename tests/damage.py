"""Kinds of damage to the files of a site, and the commands that must bear each of them.

Run this module to damage every file in every way, which the tests do for one file each: `python -m tests.damage`.

`run_damaged` inflicts one damage on a copy of a healthy site, runs one command twice, and asserts what must hold: the
exit code is a documented one, the message names the file, and no healthy file has changed.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from daily_papers.archive.day_files import read_day, write_day, write_rejected
from daily_papers.archive.file_io import LOCK, QUARANTINE_SUFFIX
from daily_papers.archive.json_maps import write_map
from daily_papers.archive.ledger import LedgerEntry, read_ledger, write_ledger
from daily_papers.archive.thumbnails import Mirrored, write_index
from daily_papers.archive.usage import Usage, write_usage
from daily_papers.errors import ArchiveError
from daily_papers.jobs.check import check
from daily_papers.model.records import Rejected
from tests.chat import ChatModel
from tests.command_line import Result, environment, run_command
from tests.factories import make_day, make_paper
from tests.sites import build, make_site
from tests.upstream import Upstream, record

ABSTRACT = "We look at how rivers bend. Bends grow with time. The method is called Meander."
DATES = ("2026-06-30", "2026-07-13", "2026-07-14")
OPTIONS = {
    "since": "2026-06-30",
    "refresh_days": 1,
    "media": "mirror",
    "summaries": {"model": "a-model"},
}
DAY, REJECTED, RELATED = "docs/2026/07/14.json", "docs/2026/07/14.rejected.json", "docs/2026/07/related.json"
LEDGER, ARXIV, USAGE, MEDIA = "docs/ledger.json", "docs/arxiv.json", "docs/usage.json", "docs/media.json"
CURATION, TOPICS, PROMPTS, CONFIG = "docs/curation.yml", "docs/topics.yml", "docs/prompts.yml", "mkdocs.yml"
DIGEST, EXPORT = "inputs/2026/07/10.md", "inputs/days.jsonl"
CACHED = ".cache/daily-papers/rendered"
HANGS_S = int(os.environ.get("HANGS_S", 120))
OUTSIDE = "outside"
"""A folder beside the site."""


class Command(NamedTuple):
    """A command, and the paths below the site that it may write."""

    arguments: tuple[str, ...]
    writes: tuple[str, ...] = ()
    program: str = "daily-papers"
    healthy_code: int = 0
    """The exit code for the healthy site, which has no repository."""


FETCHED = (LEDGER, DAY, REJECTED, RELATED, ARXIV, MEDIA)
IMPORTED = tuple(f"docs/2026/07/{day:02}" for day in (7, 8, 9, 10))
COMMANDS = {
    "check": Command(("check",)),
    "check --fix": Command(("check", "--fix"), (DAY,)),
    "doctor": Command(("doctor",), healthy_code=1),
    "fetch": Command(("fetch", "--since", DATES[0]), FETCHED),
    "fetch --force": Command(("fetch", "--since", DATES[0], "--force"), FETCHED),
    "forget": Command(("forget", "--since", "2026-07-01", "--until", "2026-07-05"), (LEDGER,)),
    "import": Command(("import", "inputs"), (*IMPORTED, RELATED, DAY)),
    "import --dry-run": Command(("import", "--dry-run", "inputs")),
    "summarize": Command(("summarize",), (DAY, USAGE)),
    "summarize --dry-run": Command(("summarize", "--dry-run")),
    "prerender": Command(("prerender", "2026"), (".cache",)),
    **{
        f"export {form}": Command(("export", "--format", form, "-o", f"exports/{form}"), ("exports",))
        for form in ("markdown", "jsonl", "sqlite", "parquet", "bibtex", "ris")
    },
    "build": Command((), (".cache", "site", *FETCHED), program="mkdocs"),
}

Change = Callable[[bytes], bytes]


def _nested(data: bytes) -> bytes:
    return b"[" * 50_000


def _first_value(replacement: bytes) -> Change:
    """Return a change that puts `replacement` after the first colon of a file, in place of a number or text."""

    def change(data: bytes) -> bytes:
        before, _, after = data.partition(b": ")
        rest = after.lstrip(b'{["').partition(b",")[2]
        return before + b": " + replacement + b", " + rest

    return change


def _repeat_first_line(data: bytes) -> bytes:
    """Repeat the first line that has a key."""
    lines = data.splitlines(keepends=True)
    number = next((number for number, line in enumerate(lines) if b":" in line), 0)
    return b"".join([*lines[: number + 1], lines[number].rstrip(b",\n") + b",\n", *lines[number + 1 :]])


CHANGES: dict[str, Change] = {
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut in a character": lambda data: data[: len(data) // 2] + "가".encode()[:2],
    "empty": lambda data: b"",
    "blank": lambda data: b" \n\t\n",
    "NUL bytes": lambda data: b"\0" * len(data),
    "a NUL byte at its end": lambda data: data + b"\0",
    "not UTF-8": lambda data: data.replace(b"a", b"\xff", 1),
    "with a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "in UTF-16": lambda data: data.decode().encode("utf-16"),
    "a number": lambda data: b"7\n",
    "a list": lambda data: b"[[], {}, null]\n",
    "a text": lambda data: b'"text"\n',
    "null": lambda data: b"null\n",
    "nested 50,000 deep": _nested,
    "nested in objects": lambda data: b'{"a":' * 50_000,
    "with a number of 5,000 digits": _first_value(b"9" * 5_000),
    "with 1e400": _first_value(b"1e400"),
    "with NaN": _first_value(b"NaN"),
    "with a key twice": _repeat_first_line,
    "of a newer schema": lambda data: data.replace(b'"schema": 1', b'"schema": 2').replace(
        b'"schema":1', b'"schema":2'
    ),
    "of a newer schema and cut": lambda data: data.replace(b'"schema": 1', b'"schema": 2')[: len(data) // 2],
    "of a schema that is a list": lambda data: data.replace(b'"schema": 1', b'"schema": [1]'),
    "with another date": lambda data: data.replace(b"2026-07-14", b"2026-07-13").replace(b"2026-07-10", b"2026-02-31"),
    "of the year 999": lambda data: data.replace(b"2026-", b"0999-"),
    "of the year 9999": lambda data: data.replace(b"2026-", b"9999-"),
    "with a line of 10 MB": lambda data: data.rstrip() + b" " * 10_000_000 + b"\n",
    "with lone surrogates": lambda data: data.replace(b"Rivers", b"\\ud800"),
    "with CR line ends": lambda data: data.replace(b"\n", b"\r"),
    "followed by garbage": lambda data: data + b"}]garbage\n",
    "in conflict": lambda data: b"<<<<<<< ours\n" + data + b"=======\n" + data + b">>>>>>> theirs\n",
    "a page of HTML": lambda data: b"<!doctype html><html><body>502 Bad Gateway</body></html>\n",
}
"""Changes of a file's bytes."""


def _outside(path: Path) -> Path:
    return _site_of(path).parent / OUTSIDE


def _site_of(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.name == "site")


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "a file").write_text("content", "utf-8")


def _become_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _become_socket(path: Path) -> None:
    path.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as listener:  # its address may have 100 bytes, and a test's folder more
            listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _link_to(target: str | Path) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return replace


def _link_outside(path: Path) -> None:
    outside = _outside(path) / path.name
    path.rename(outside)
    path.symlink_to(outside)


REPLACEMENTS: dict[str, Callable[[Path], None]] = {
    "a folder": _become_folder,
    "a FIFO": _become_fifo,
    "a socket": _become_socket,
    "a link to a device": _link_to("/dev/zero"),
    "a link to a file outside": _link_outside,
    "a dangling link": _link_to("nowhere/at/all"),
    "a link to itself": lambda path: _link_to(path.name)(path),
    "without permissions": lambda path: path.chmod(0),
}
"""Changes of what is at a path."""


class Damage(NamedTuple):
    """One damage: `inflict` is called with `path` below the site."""

    name: str
    path: str
    inflict: Callable[[Path], None]


JSON_FILES = (DAY, REJECTED, LEDGER, RELATED, USAGE, MEDIA, ARXIV)
FILES = (DAY, REJECTED, RELATED, LEDGER, ARXIV, USAGE, MEDIA, CURATION, TOPICS, PROMPTS, CONFIG, DIGEST, EXPORT)
"""The files that are damaged in every way."""


_FILE_OF_CHANGE = {
    "blank": CURATION,
    "not UTF-8": TOPICS,
    "in UTF-16": PROMPTS,
    "a number": CONFIG,
    "a list": EXPORT,
    "nested 50,000 deep": CURATION,
    "nested in objects": TOPICS,
    "of a newer schema": DAY,
    "of a newer schema and cut": DAY,
    "of a schema that is a list": DAY,
    "with another date": DAY,
    "of the year 999": EXPORT,
    "of the year 9999": LEDGER,
    "with lone surrogates": DAY,
    "a page of HTML": DIGEST,
}
"""The file of a change that is of no interest for just any file."""


def _change(name: str, path: str) -> Damage:
    return Damage(f"{path} {name}", path, lambda file: _write_changed(file, CHANGES[name]))


def _write_changed(file: Path, change: Change) -> None:
    file.write_bytes(change(file.read_bytes()))


def _replace(name: str, path: str) -> Damage:
    return Damage(f"{path} {name}", path, REPLACEMENTS[name])


def all_damages() -> Iterator[Damage]:
    """Yield each damage of each file, and those of folders."""
    for path in FILES:
        yield from (_change(name, path) for name in CHANGES)
        # MkDocs waits for a FIFO, from which a shell can pass a configuration.
        yield from (_replace(name, path) for name in REPLACEMENTS if (name, path) != ("a FIFO", CONFIG))
    yield from OTHERS


def one_damage_of_each_kind() -> Iterator[Damage]:
    """Yield each way of damage once: of another file each time, and of those that the commands read most."""
    for number, name in enumerate(CHANGES):
        yield _change(name, _FILE_OF_CHANGE.get(name) or JSON_FILES[number % len(JSON_FILES)])
    for number, name in enumerate(REPLACEMENTS):
        yield _replace(name, JSON_FILES[number % len(JSON_FILES)])
    yield from OTHERS


def _link_folder(folder: Path) -> None:
    outside = _outside(folder) / folder.name
    folder.rename(outside)
    folder.symlink_to(outside, target_is_directory=True)


def _become_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder", "utf-8")


def _become_link(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("nowhere/at/all")


def _add(content: bytes = b"{}\n") -> Callable[[Path], None]:
    def add(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return add


def _add_many(*names: str) -> Callable[[Path], None]:
    def add(folder: Path) -> None:
        for name in names:
            _add()(folder / name)

    return add


def _change_files(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                _write_changed(path, CHANGES[name])

    return change


OTHERS = (
    Damage("a month that is a link to a folder outside", "docs/2026/07", _link_folder),
    Damage("a year that is a link to a folder outside", "docs/2026", _link_folder),
    Damage("a month that is a file", "docs/2026/07", _become_file),
    Damage("a year that is a file", "docs/2026", _become_file),
    Damage("half-written temporary files", "docs/2026/07", _add_many(".14.json.999999.tmp", ".x.999999.tmp")),
    Damage("a stale lock", f"docs/{LOCK}", _add(b"process 999999 since 2026-01-01T00:00:00Z\n")),
    Damage("a lock that is a folder", f"docs/{LOCK}", lambda path: path.mkdir()),
    Damage("a lock that is a link", f"docs/{LOCK}", lambda path: path.symlink_to(_outside(path) / "lock")),
    Damage("a quarantined file", f"{DAY}{QUARANTINE_SUFFIX}", _add(b"{")),
    Damage("a folder in place of a quarantined file", f"{DAY}{QUARANTINE_SUFFIX}", lambda path: path.mkdir()),
    Damage("names that are no dates", "docs/2026", _add_many("13/01.json", "02/31.json", "07/00.json", "07/99.json")),
    Damage(
        "odd names",
        "docs/2026/07",
        _add_many("1\n4.json", "14.JSON", "14 .json", "１４.json", "-14.json", "14.json.txt", "\u202e.json"),
    ),
    Damage("years outside the range", "docs", _add_many("0999/01/01.json", "9999/12/31.json", "0000/01/01.json")),
    Damage("a name that is not UTF-8", "docs/2026/07", lambda folder: _add()(folder / os.fsdecode(b"\xff.json"))),
    Damage("a cache that is a file", CACHED, _become_file),
    Damage("a cache that is a dangling link", CACHED, _become_link),
    Damage("a cache of NUL bytes", CACHED, _change_files("NUL bytes")),
    Damage("a cache cut in the middle", CACHED, _change_files("cut in the middle")),
)  # fmt: skip
"""Damage of folders, and of files that no command reads."""


def make_healthy_site(folder: Path) -> None:
    """Write a site below `folder` for which a fetch has nothing to do, and a model one paper to summarize."""
    site = make_site(folder / "site", OPTIONS, theme={"name": "mkdocs"}, site_url="")
    (folder / OUTSIDE).mkdir()
    for name, text in {
        CURATION: "2607.13000:\n  title: Rivers of a title\n",
        TOPICS: "rivers:\n  names: {ko: 강, en: Rivers}\n  words: [rivers, bends]\n",
        PROMPTS: "ko: |\n  Summarize in {language}.\n",
        DIGEST: "## Daily Papers (2026-07-10)\n\n### [Rivers](https://arxiv.org/abs/2607.10000)\n\n- 물은 흐른다.\n",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, "utf-8")
    days = [
        make_day(dt.date(2026, 7, day), make_paper(day * 1000, title=f"Rivers of {day}", abstract=ABSTRACT))
        for day in (7, 8, 9)
    ]
    (site / EXPORT).write_bytes(b"".join(msgspec.json.encode(day, order="deterministic") + b"\n" for day in days))
    with upstreams():
        for arguments in (("fetch", "--since", DATES[0]), ("summarize",)):
            done = run_command(site, *arguments, endpoint=os.environ["HF_ENDPOINT"])
            assert done.returncode == 0, done
        _complete(site / "docs")
        done = run_command(site, "fetch", "--since", DATES[0], endpoint=os.environ["HF_ENDPOINT"])
        assert done.returncode == 0, done
    assert run_command(site, "prerender", "2026").returncode == 0
    assert run_command(site, "check").returncode == 0
    missing = [name for name in FILES if not (site / name).is_file()]
    assert not missing, missing


def _complete(root: Path) -> None:
    """Add files and values that no command has written: those of an archive that has been in use."""
    day = read_day(root, dt.date(2026, 7, 14))
    assert day
    papers = (*day.papers[:-1], msgspec.structs.replace(day.papers[-1], summaries={}))
    write_day(root, msgspec.structs.replace(day, papers=papers))
    faulty = Rejected(
        id="x", reason="a heading without a link", at="2026/07/14.md:3", record=msgspec.Raw(b'"### Rivers"')
    )
    write_rejected(root, day.date, [faulty])
    write_ledger(root, {**read_ledger(root), dt.date(2026, 7, 3): LedgerEntry("empty")})
    write_map(root / "arxiv.json", {"2606.00009": 9})
    write_index(root, {"https://cdn-thumbnails.huggingface.co/a.png": Mirrored(failed="HTTP 404", tries=3)})
    write_usage(root, {"2026-06": Usage(calls=3, prompt_tokens=900, completion_tokens=900)})


@contextmanager
def upstreams() -> Iterator[None]:
    """Serve Hugging Face, arXiv and a model on loopback; their addresses are in the environment."""
    with Upstream() as upstream, ChatModel() as model, pytest.MonkeyPatch.context() as patch:
        for date in DATES:
            number = date[2:4] + date[5:7], int(date[8:])
            records = (
                record(f"{number[0]}.{number[1]:02}{paper:03}", title=f"Rivers of {date} {paper}") for paper in range(2)
            )
            upstream.list_papers(
                date, *({**one, "paper": {**one["paper"], "summary": ABSTRACT}, "thumbnail": None} for one in records)
            )
        patch.setenv("HF_ENDPOINT", upstream.url)
        patch.setenv("DAILY_PAPERS_ARXIV_ENDPOINT", upstream.url)
        patch.setenv("OPENAI_BASE_URL", model.url)
        patch.setenv("OPENAI_API_KEY", "not-a-key")
        patch.setenv("SOURCE_DATE_EPOCH", "0")
        yield


Snapshot = dict[str, object]


def snapshot(folder: Path) -> Snapshot:
    """Return what is at each path below `folder`, following no link: bytes, the target of a link, or a kind."""
    found: Snapshot = {}
    for parent, folders, names in os.walk(folder):
        for path in (Path(parent, name) for name in [*folders, *names]):
            found[path.relative_to(folder).as_posix()] = _content(path)
    return found


def _content(path: Path) -> object:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "link", path.readlink()
    if stat.S_ISREG(mode):
        try:
            return path.read_bytes()
        except PermissionError:
            return "unreadable"
    return "folder" if stat.S_ISDIR(mode) else "special"


def run_damaged(healthy: Path, folder: Path, damage: Damage, command: Command) -> Result:
    """Run `command` twice on a copy of the site below `healthy` with `damage`; raise AssertionError for a mistake."""
    shutil.copytree(healthy, folder, symlinks=True)
    site = folder / "site"
    damage.inflict(site / damage.path)
    is_unreadable = site / damage.path in {error.path for error in check(site / "docs") if not _is_layout(error)}
    before = snapshot(folder)
    done = _run(site, command)
    after = snapshot(folder)
    output = done.stdout + done.stderr
    assert done.returncode in (0, 1, 2), done
    assert "Traceback" not in output, output
    if done.returncode != command.healthy_code and damage.path in FILES:
        assert Path(damage.path).name in output, done
    _assert_healthy(damage, command, before, after, is_unreadable=is_unreadable)
    if after != before:
        again = _run(site, command)
        assert again.returncode in (0, 1, 2), again
        differing = {path for path, _ in snapshot(folder).items() ^ after.items()}
        # A cache of SQLite gets other bytes, and the file that MkDocs compresses has the time.
        ours = {path for path in differing if not path.startswith("site/.cache") and not path.endswith(".xml.gz")}
        assert not ours, f"a second run changed {sorted(ours)}"
    shutil.rmtree(folder)
    return done


def _is_layout(error: ArchiveError) -> bool:
    """Return True for an error of a day that can be read, and may be written anew."""
    return "the standard layout" in error.reason or "twice in one object" in error.reason


def _run(site: Path, command: Command) -> Result:
    with _time_limit():
        if command.program == "mkdocs":
            done = build(site, *command.arguments, environment=environment(os.environ["HF_ENDPOINT"]))
            return Result(done.returncode, done.stdout, done.stderr)
        return run_command(site, *command.arguments, endpoint=os.environ["HF_ENDPOINT"])


@contextmanager
def _time_limit() -> Iterator[None]:
    """Raise TimeoutError in a block that hangs, for example in the opening of a FIFO."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"hangs for {HANGS_S} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _assert_healthy(
    damage: Damage, command: Command, before: Snapshot, after: Snapshot, *, is_unreadable: bool
) -> None:
    """Assert that the command has changed only its own files, and that a file that is unreadable still exists."""
    damaged = f"site/{damage.path}"
    own = tuple(f"site/{path}" for path in command.writes)
    for path in before.keys() | after.keys():
        if before.get(path) == after.get(path) or path.startswith(own):
            continue
        assert path.startswith(damaged), f"{path} was {before.get(path)!r:.200}, is {after.get(path)!r:.200}"
    if is_unreadable:
        assert before[damaged] in after.values(), f"{damaged} is lost: {before[damaged]!r:.200}"


def is_read(damage: Damage, name: str) -> bool:
    """Return False if this package does not read the damaged file for a command."""
    if damage.path == CONFIG:
        return COMMANDS[name].program == "daily-papers"
    return name.startswith("import") or damage.path not in (DIGEST, EXPORT)


def main() -> None:
    count = 0
    with tempfile.TemporaryDirectory(prefix="daily-papers-damage-") as place, upstreams():
        healthy = Path(place, "healthy")
        healthy.mkdir()
        make_healthy_site(healthy)
        names = [name for name in COMMANDS if not sys.argv[1:] or name in sys.argv[1:]]
        for damage in all_damages():
            for name in names:
                if not is_read(damage, name):
                    continue
                count += 1
                try:
                    run_damaged(healthy, Path(place, str(count)), damage, COMMANDS[name])
                except (Exception, SystemExit) as e:  # noqa: BLE001  # the next damage is tried all the same
                    print(f"FAILED {name}: {damage.name}: {type(e).__name__}: {e!s:.1500}\n", flush=True)
    print(f"{count} damages, {time.process_time():.0f} s of CPU")


if __name__ == "__main__":
    main()
