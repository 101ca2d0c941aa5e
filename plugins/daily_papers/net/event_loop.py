"""Event loop of everything that sends requests: nothing keeps it from ending at once."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` and return its result.

    Ctrl-C raises KeyboardInterrupt at once, even while the loop computes: asyncio's own handler would wait for the next
    `await`. Name lookups run in threads that nothing waits for.
    """
    with _interrupted_at_once(), asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_default_executor(_DaemonExecutor())
        try:
            return runner.run(main)
        except (KeyboardInterrupt, SystemExit):
            loop.set_exception_handler(_ignore)  # of the tasks that are cancelled now
            raise


class _DaemonExecutor(ThreadPoolExecutor):
    """A daemon thread for each call: neither the loop nor the interpreter waits for one at its end."""

    def submit(self, function: Callable[..., T], /, *arguments: Any, **options: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def call() -> None:
            try:
                future.set_result(function(*arguments, **options))
            except Exception as e:  # noqa: BLE001  # raised where the result is awaited
                future.set_exception(e)

        threading.Thread(target=call, daemon=True, name="daily-papers lookup").start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nothing."""


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Keep asyncio from replacing Python's handler of SIGINT; it replaces no other one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    is_default = handler is signal.default_int_handler
    if is_default:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        if is_default:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    pass
