"""Summarizing: how many papers are asked for at once, what becomes of each answer, and when to stop.

An archive folder, the settings of a model and a plan go in; the day files get their summaries, or the reason why there
is none, and one Outcome a task comes out. What is asked, what is made of an answer and what that may cost is left to
`summaries`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.day_files import read_day, write_day
from daily_papers.archive.file_io import archive_lock, remove_stale_temp_files
from daily_papers.errors import (
    ArchiveError,
    BudgetError,
    DeferredError,
    FetchError,
    ForbiddenError,
    SourceError,
    UnreachableError,
)
from daily_papers.model.merge import MODEL_RANK, summary_rank
from daily_papers.model.records import Failure, Paper, Summary
from daily_papers.model.text import clean_line, cut
from daily_papers.summaries.budget import Budget, Usage, estimate_chat, estimate_tokens
from daily_papers.summaries.chat_client import Completion, Endpoint, open_endpoint
from daily_papers.summaries.plan import MAX_TRIES, Plan, Settings, Task
from daily_papers.summaries.prompt import Message, correction
from daily_papers.summaries.response_parser import ResponseFormatError, parse_response
from daily_papers.summaries.validation import SourceText, check_source_text, check_summary

ANSWERS = 2
"""How many answers a run asks for, of a paper whose first was not kept."""
MAX_SHOWN_CHARS = 80
FAILURES_IN_A_ROW = 5
"""After so many calls that came to nothing the endpoint is left alone until the next run."""
REFUSALS_IN_A_ROW = 20
"""The same where it understood the question and refused it (400, 422): that may be the papers' doing."""
REFUSED_FOR_ALL = frozenset({401, 402, 404, 405})
"""Statuses that every call would get: the key, the account, the model or the address is wrong. (403 has an error.)"""

Result = Literal["summarized", "copied", "failed", "deferred"]


class Outcome(msgspec.Struct, frozen=True):
    """What became of one task. `failed`: two answers did not pass. `deferred`: none came, the next run asks."""

    task: Task
    result: Result
    reason: str = ""

    @property
    def date(self) -> dt.date:
        """The newest one the paper is listed on."""
        return self.task.dates[0]

    @property
    def error(self) -> str | None:
        return self.reason or None


class Report(msgspec.Struct, frozen=True):
    """What became of a run, in the order its tasks ended."""

    outcomes: tuple[Outcome, ...]
    spent: Usage = Usage()
    left: int = 0
    """Tasks that did not come to an end."""
    stopped_by: str = ""
    """Why not."""
    refused: bool = False
    """Whether it was the endpoint that stopped it, not the budget or the time."""

    @property
    def complete(self) -> bool:
        """Whether everything that was begun came to a summary, and the endpoint took every call."""
        return not self.refused and all(outcome.result in ("summarized", "copied") for outcome in self.outcomes)

    def __str__(self) -> str:
        """Say what came of it in one line."""
        counts = Counter(outcome.result for outcome in self.outcomes)
        parts = [f"{count} {result}" for result, count in sorted(counts.items())]
        if self.left:
            parts.append(f"{self.left} left for the next run")
        if not parts:
            return "nothing to summarize"
        return "; ".join(filter(None, (", ".join(parts), str(self.spent), self.stopped_by)))


def summarize_archive(
    root: Path,
    settings: Settings,
    plan: Plan,
    *,
    now: dt.datetime,
    run_s: float | None = None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Ask for what is in `plan`, a few at once, and store each summary as soon as it has passed the gates.

    `now` is the instant the summaries are dated with. `run_s` seconds end the run; however it ends, what was stored
    stays stored. Raises SettingError without a key, ArchiveError if a file cannot be written or another run is
    writing; KeyboardInterrupt passes.
    """
    if not plan.tasks:
        return Report(())

    async def run() -> Report:
        async with open_endpoint(settings.model, call_s=settings.call_s) as endpoint:
            work = _Run(root, settings, endpoint, now=now, on_outcome=on_outcome)
            return await work.through(plan.tasks, run_s)

    with archive_lock(root):
        remove_stale_temp_files(root)
        return asyncio.run(run())


class _StoppedError(Exception):
    """No further task is begun, for the reason in the message."""


class _Run:
    """One call of summarize_archive: what its workers share."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        endpoint: Endpoint,
        *,
        now: dt.datetime,
        on_outcome: Callable[[Outcome], None],
    ) -> None:
        self.root, self.settings, self.endpoint = root, settings, endpoint
        self.now, self.on_outcome = now.astimezone(dt.UTC).replace(microsecond=0), on_outcome
        self.budget = Budget(root, settings.limits, now)
        self.outcomes: list[Outcome] = []
        self.stopped_by = ""
        self.refused = False
        self.failures_in_a_row = 0
        self.under_way = 0
        self.settled = asyncio.Condition()

    async def through(self, tasks: Sequence[Task], run_s: float | None) -> Report:
        try:
            async with asyncio.timeout(run_s):
                waiting = iter(tasks)
                async with asyncio.TaskGroup() as workers:
                    for _ in range(self.settings.at_once):
                        workers.create_task(self.work_through(waiting))
        except TimeoutError:
            self.stopped_by = f"the time for a run ({run_s:.0f} s) is over"
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        left = len(tasks) - len(self.outcomes)
        return Report(tuple(self.outcomes), self.budget.spent, left, self.stopped_by, self.refused)

    async def work_through(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            if self.stopped_by:
                return
            try:
                outcome = await self.summarize(task)
            except _StoppedError as e:
                self.stopped_by = self.stopped_by or str(e)
                return
            self.outcomes.append(outcome)
            self.on_outcome(outcome)

    async def summarize(self, task: Task) -> Outcome:
        """Bring one task to its end. Raises _StoppedError if neither it nor another can be."""
        if task.ready:
            return self.keep(task, task.ready, "copied")
        material = SourceText(task.title, task.abstract, task.language)
        if fault := check_source_text(material):
            return self.note_failure(task, fault, tries=MAX_TRIES)  # asking again would not change the abstract
        try:
            bullets, fault = await self.write(task, material)
        except BudgetError as e:
            if e.for_all:
                raise _StoppedError(str(e)) from e
            return Outcome(task, "deferred", str(e))
        except SourceError as e:
            self.note_refusal(e)
            return Outcome(task, "deferred", str(e))
        if fault:
            return self.note_failure(task, fault, tries=task.tries + 1)
        return self.keep(task, self.summary(task, bullets), "summarized")

    async def write(self, task: Task, material: SourceText) -> tuple[tuple[str, ...], str | None]:
        """Return the bullets of the first answer that passes, or why the last one did not."""
        messages, fault = task.messages, None
        for _ in range(ANSWERS):
            try:
                completion = await self.ask(messages)
            except BudgetError:
                if fault is None:
                    raise
                break  # the first answer is paid for, and counts as a try
            bullets, fault = evaluate(completion, material)
            if self.endpoint.repeats_key(f"{bullets}{fault}"):
                fault = "key: the answer repeats the API key"
            if fault is None:
                return bullets, None
            messages = [*task.messages, *correction(completion.content, fault)]
        return (), fault

    async def ask(self, messages: Sequence[Message]) -> Completion:
        """Return one answer, paid for whatever becomes of it. Raises BudgetError, SourceError."""
        question_tokens = estimate_chat(messages)
        most = self.settings.limits.max_usage(question_tokens)
        await self.reserve(most)
        # A call that ends without an answer may have been paid for in full: nobody says what it took.
        taken = most
        try:
            completion = await self.endpoint.complete(messages, max_tokens=most.completion_tokens)
            taken = self.settings.limits.usage(
                _told(completion.prompt_tokens, question_tokens, 2 * question_tokens),
                _told(completion.completion_tokens, estimate_tokens(completion.content), most.completion_tokens),
            )
            self.failures_in_a_row = 0
            return completion
        except FetchError as e:
            if e.status is not None or isinstance(e, UnreachableError):
                taken = Usage()
            raise
        finally:
            self.budget.commit(most, taken)
            self.under_way -= 1
            async with self.settled:
                self.settled.notify_all()

    async def reserve(self, most: Usage) -> None:
        """Set `most` aside; where only calls under way are in its way, once these have shown what they take."""
        while True:
            try:
                self.budget.reserve(most)
            except BudgetError as e:
                if not e.for_all or not self.under_way:
                    raise
                async with self.settled:
                    if self.under_way:
                        await self.settled.wait()
            else:
                self.under_way += 1
                return

    def note_refusal(self, error: SourceError) -> None:
        """Count a call that came to nothing. Raises _StoppedError if the next one would, too."""
        self.failures_in_a_row += 1
        status = error.status if isinstance(error, FetchError) else None
        hopeless = isinstance(error, UnreachableError | ForbiddenError | DeferredError) or status in REFUSED_FOR_ALL
        if hopeless or self.failures_in_a_row >= (REFUSALS_IN_A_ROW if status in (400, 422) else FAILURES_IN_A_ROW):
            self.refused = True
            raise _StoppedError(str(error)) from error

    def summary(self, task: Task, bullets: tuple[str, ...]) -> Summary:
        return Summary(bullets, self.settings.model, self.now, task.prompt.version, task.input)

    def keep(self, task: Task, summary: Summary, result: Result) -> Outcome:
        """Store `summary`, unless a person or a digest has written one meanwhile; return the task's end."""

        def change(paper: Paper) -> Paper:
            there = paper.summaries.get(task.language)
            if there and summary_rank(there) > MODEL_RANK:
                return paper
            failures = {code: failure for code, failure in paper.failures.items() if code != task.language}
            summaries = paper.summaries | {task.language: summary}
            return msgspec.structs.replace(paper, summaries=summaries, failures=failures)

        return self.store(task, change, Outcome(task, result))

    def note_failure(self, task: Task, reason: str, *, tries: int) -> Outcome:
        """Store why there is no summary, unless there is one after all, if only an older one; return the task's end."""
        failure = Failure(reason, self.settings.model, self.now, task.prompt.version, task.input, tries)

        def change(paper: Paper) -> Paper:
            there = paper.summaries.get(task.language)
            if there and summary_rank(there) >= MODEL_RANK:
                return paper
            return msgspec.structs.replace(paper, failures=paper.failures | {task.language: failure})

        return self.store(task, change, Outcome(task, "failed", reason))

    def store(self, task: Task, change: Callable[[Paper], Paper], done: Outcome) -> Outcome:
        """Change the paper on each of its dates, as these are stored at this moment; return `done`.

        A day that no longer reads costs only itself.
        """
        for date in task.dates:
            try:
                day = read_day(self.root, date)
            except ArchiveError as e:
                done = Outcome(task, "deferred", str(e))
                continue
            if day:
                papers = tuple(change(paper) if paper.id == task.paper_id else paper for paper in day.papers)
                write_day(self.root, msgspec.structs.replace(day, papers=papers))
        return done


def evaluate(completion: Completion, material: SourceText) -> tuple[tuple[str, ...], str | None]:
    """Return the bullets of an answer, and the reason not to keep them, None if they are good."""
    if completion.refusal:
        return (), f"refusal: {cut(clean_line(completion.refusal), MAX_SHOWN_CHARS)}"
    if completion.finish_reason != "stop":
        end = cut(clean_line(completion.finish_reason or "nothing"), MAX_SHOWN_CHARS)
        return (), f"cut: the answer ended by {end}, expected stop"
    try:
        bullets = parse_response(completion.content)
    except ResponseFormatError as e:
        return (), str(e)
    return bullets, check_summary(bullets, material)


def _told(tokens: int | None, estimated: int, most: int) -> int:
    """Return what the endpoint says it took, or the estimate where that cannot be."""
    return tokens if tokens and tokens <= most else estimated
