"""Output of the commands in logs of workflows: no text in it acts as a command to the runner."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterable, Sequence
from io import TextIOWrapper
from typing import Any, NoReturn, TextIO, cast

from daily_papers.model.text import disarm_commands


class _SafeStream:
    """`stream`, whose text passes through `disarm_commands`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(disarm_commands(text))

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def run_program(main: Callable[[Sequence[str]], int]) -> NoReturn:
    """Run `main` with the arguments of this process and exit with its result; with 130 after Ctrl-C."""
    make_output_safe()
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        code = 130
    sys.exit(code)


def make_output_safe() -> None:
    """Disarm all that this process prints from now on, tracebacks included, unless it prints to a terminal."""
    sys.stdout, sys.stderr = _safe(sys.stdout), _safe(sys.stderr)


def _safe(stream: TextIO) -> TextIO:
    if isinstance(stream, _SafeStream) or stream.isatty():
        return stream
    if isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name == "ascii":
        stream.reconfigure(encoding="utf-8")  # click would do the same in a stream of its own
    return cast(TextIO, _SafeStream(stream))
