"""Summarize stored papers by a language model: several at once, until all are done or the run has to stop.

The day files get summaries, or the reason why there is none. Plan, question, validation of an answer and budget are
parts of `summaries`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from daily_papers.archive.day_files import read_day
from daily_papers.archive.usage import Usage, read_usage, write_usage
from daily_papers.errors import (
    ArchiveError,
    BudgetError,
    DeferredError,
    FetchError,
    ForbiddenError,
    SourceError,
    UnreachableError,
)
from daily_papers.jobs.base import Report, Run, count_results, ignore, update_papers, write_access
from daily_papers.model.merge import MODEL_RANK, summary_rank
from daily_papers.model.records import Failure, Paper, Summary
from daily_papers.model.text import clean_line, cut
from daily_papers.net import event_loop
from daily_papers.summaries.budget import MAX_REPORTED_TOKENS, Budget, estimate_chat, estimate_tokens
from daily_papers.summaries.chat_client import Completion, CompletionError, Endpoint, open_endpoint
from daily_papers.summaries.plan import MAX_TRIES, Plan, Settings, Task
from daily_papers.summaries.prompt import Message, correction
from daily_papers.summaries.response_parser import ResponseFormatError, parse_response, without_thoughts
from daily_papers.summaries.validation import SourceText, check_source_text, check_summary

ANSWERS = 2
"""Answers that a run asks for, if the first one is not valid or cannot be read."""
COMPLETE = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})
"""Values of `finish_reason`, in lower case, of an answer that the model has ended itself."""
MAX_QUOTED_CHARS = 80
FAILURES_IN_A_ROW = 5
"""After this many failed calls in a row the endpoint is asked for nothing more in this run."""
REFUSALS_IN_A_ROW = 20
"""The same for calls that the endpoint understood and refused (400, 422): the papers may be the reason."""
REFUSED_FOR_ALL = frozenset({401, 402, 404, 405})
"""Statuses that every call would get: key, account, model or address is wrong. 403 has an error class of its own."""

Result = Literal["summarized", "copied", "failed", "deferred"]


class SummarizeOutcome(msgspec.Struct, frozen=True):
    """The result of one task. `failed`: no answer was valid. `deferred`: no answer came, and the next run asks."""

    task: Task
    result: Result
    reason: str = ""

    @property
    def date(self) -> dt.date:
        """The newest date that lists the paper."""
        return self.task.dates[0]

    @property
    def error(self) -> str | None:
        return self.reason or None


class SummarizeReport(Report[SummarizeOutcome], frozen=True, kw_only=True):
    """The result of a run. `left` counts tasks that were not finished."""

    spent: Usage = Usage()
    refused: bool = False
    """True if the endpoint stopped the run, not the budget or the time limit."""

    @property
    def complete(self) -> bool:
        """True if each finished task has a summary, and the endpoint did not stop the run."""
        return not self.refused and all(outcome.result in ("summarized", "copied") for outcome in self.outcomes)

    def __str__(self) -> str:
        """Return the number of tasks of each result, and the usage, in one line."""
        counts = [count_results(self.outcomes)] if self.outcomes else []
        if self.left:
            counts.append(f"{self.left} left for the next run")
        if not counts:
            return "nothing to summarize"
        return "; ".join(filter(None, (", ".join(counts), str(self.spent), self.stopped_by)))


def summarize_archive(
    root: Path,
    settings: Settings,
    plan: Plan,
    *,
    now: dt.datetime,
    run_s: float | None = None,
    on_outcome: Callable[[SummarizeOutcome], None] = ignore,
) -> SummarizeReport:
    """Ask a model for each task of `plan`, a few at once, and store each summary as soon as it is valid.

    `now` (aware) is the instant stored with the summaries. The run ends after `run_s` seconds; stored summaries stay,
    however it ends. Raises SettingError without an API key, and ArchiveError if a file cannot be written or another
    run is writing. KeyboardInterrupt passes.
    """
    if not plan.tasks:
        return SummarizeReport(outcomes=())

    async def run() -> SummarizeReport:
        async with open_endpoint(settings.model, call_s=settings.call_s) as endpoint:
            work = _SummarizeRun(root, settings, endpoint, now=now, on_outcome=on_outcome)
            await work.process(plan.tasks, work.summarize, at_once=settings.at_once, run_s=run_s)
            return work.report(len(plan.tasks))

    with write_access(root):
        return event_loop.run(run())


class _SummarizeRun(Run[SummarizeOutcome]):
    """The state of one call of summarize_archive, shared by its workers."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        endpoint: Endpoint,
        *,
        now: dt.datetime,
        on_outcome: Callable[[SummarizeOutcome], None],
    ) -> None:
        super().__init__(root, on_outcome)
        self._settings, self._endpoint = settings, endpoint
        self._now = now.astimezone(dt.UTC).replace(microsecond=0)
        self._budget = Budget(settings.limits, now, read_usage(root))
        self._refused = False
        self._failures_in_a_row = 0
        self._calls_under_way = 0
        self._call_ended = asyncio.Condition()

    def report(self, tasks: int) -> SummarizeReport:
        """Return the report of the run, which had so many tasks."""
        return SummarizeReport(
            outcomes=tuple(self.outcomes),
            spent=self._budget.spent,
            left=tasks - len(self.outcomes),
            stopped_by=self.stopped_by,
            refused=self._refused,
        )

    async def summarize(self, task: Task) -> SummarizeOutcome | None:
        """Finish one task. Return None, and stop the run, if neither this one nor another can be finished."""
        if task.ready:
            return self._store_summary(task, task.ready, "copied")
        source_text = SourceText(task.title, task.abstract, task.language)
        if fault := check_source_text(source_text):
            return self._store_failure(task, fault, tries=MAX_TRIES)  # a retry would not change the abstract
        try:
            bullets, fault = await self._write_bullets(task, source_text)
        except BudgetError as e:
            if e.for_all:
                self.stop(str(e))
                return None
            return SummarizeOutcome(task, "deferred", str(e))
        except SourceError as e:
            if self._is_hopeless(e):
                self._refused = True
                self.stop(str(e))
                return None
            return SummarizeOutcome(task, "deferred", str(e))
        if fault:
            return self._store_failure(task, fault, tries=task.tries + 1)
        summary = Summary(bullets, self._settings.model, self._now, task.prompt.version, task.input)
        return self._store_summary(task, summary, "summarized")

    async def _write_bullets(self, task: Task, source_text: SourceText) -> tuple[tuple[str, ...], str | None]:
        """Return the bullets of the first valid answer and None, or no bullets and the fault of the last answer.

        Raises BudgetError or SourceError if there is no answer. A response that cannot be read is one of the ANSWERS.
        """
        messages, fault = task.messages, None
        unreadable: CompletionError | None = None
        for _ in range(ANSWERS):
            try:
                completion = await self._ask(messages)
            except BudgetError:
                if fault is None:
                    raise
                break  # the first answer is paid for, and counts as a try
            except CompletionError as e:
                if fault:
                    raise
                unreadable = e
                continue
            bullets, fault = evaluate(completion, source_text)
            if self._endpoint.repeats_key(f"{bullets}{fault}"):
                fault = "key: the answer repeats the API key"
            if fault is None:
                return bullets, None
            messages = [*task.messages, *correction(without_thoughts(completion.content), fault)]
        if unreadable and fault is None:
            raise unreadable
        return (), fault

    async def _ask(self, messages: Sequence[Message]) -> Completion:
        """Return one answer, and store its usage. Raises BudgetError, SourceError."""
        question_tokens = estimate_chat(messages)
        max_usage = self._settings.limits.max_usage(question_tokens)
        await self._reserve(max_usage)
        # A call that ends without an answer may have been paid for in full, and no usage is reported for it.
        used = max_usage
        try:
            completion = await self._endpoint.complete(messages, max_tokens=max_usage.completion_tokens)
            used = self._usage(completion, question_tokens)
            self._failures_in_a_row = 0
            return completion
        except CompletionError as e:
            used = self._usage(e.unread, question_tokens) if e.unread else Usage()
            raise
        except FetchError as e:
            if e.status is not None or isinstance(e, UnreachableError):
                used = Usage()
            raise
        finally:
            self._budget.replace_reservation(max_usage, used)
            if used != Usage():
                write_usage(self.root, self._budget.months)  # after every call: a killed run loses only calls under way
            self._calls_under_way -= 1
            async with self._call_ended:
                self._call_ended.notify_all()

    def _usage(self, completion: Completion, question_tokens: int) -> Usage:
        """Return the usage that the endpoint reports, or an estimate if it reports none."""
        answer_tokens = estimate_tokens(completion.content + completion.reasoning)
        return self._settings.limits.usage(
            _plausible(completion.prompt_tokens, question_tokens),
            _plausible(completion.completion_tokens, answer_tokens),
        )

    async def _reserve(self, max_usage: Usage) -> None:
        """Reserve `max_usage` of the budget, waiting for calls under way if their reservations are in the way.

        Raises BudgetError.
        """
        while True:
            try:
                self._budget.reserve(max_usage)
            except BudgetError as e:
                if not e.for_all or not self._calls_under_way:
                    raise
                async with self._call_ended:
                    if self._calls_under_way:
                        await self._call_ended.wait()
            else:
                self._calls_under_way += 1
                return

    def _is_hopeless(self, error: SourceError) -> bool:
        """Count a failed call, and return True if the next one would fail as well."""
        self._failures_in_a_row += 1
        status = error.status if isinstance(error, FetchError | CompletionError) else None
        if isinstance(error, UnreachableError | ForbiddenError | DeferredError) or status in REFUSED_FOR_ALL:
            return True
        return self._failures_in_a_row >= (REFUSALS_IN_A_ROW if status in (400, 422) else FAILURES_IN_A_ROW)

    def _store_summary(self, task: Task, summary: Summary, result: Result) -> SummarizeOutcome:
        """Store `summary`, unless one by hand or of a digest was stored meanwhile; return the task's outcome."""

        def update(paper: Paper) -> Paper:
            existing = paper.summaries.get(task.language)
            if existing and summary_rank(existing) > MODEL_RANK:
                return paper
            failures = {code: failure for code, failure in paper.failures.items() if code != task.language}
            summaries = paper.summaries | {task.language: summary}
            return msgspec.structs.replace(paper, summaries=summaries, failures=failures)

        return self._update_dates(task, update, SummarizeOutcome(task, result))

    def _store_failure(self, task: Task, reason: str, *, tries: int) -> SummarizeOutcome:
        """Store why there is no summary, unless there is one, even an older one; return the task's outcome."""
        failure = Failure(reason, self._settings.model, self._now, task.prompt.version, task.input, tries)

        def update(paper: Paper) -> Paper:
            existing = paper.summaries.get(task.language)
            if existing and summary_rank(existing) >= MODEL_RANK:
                return paper
            return msgspec.structs.replace(paper, failures=paper.failures | {task.language: failure})

        return self._update_dates(task, update, SummarizeOutcome(task, "failed", reason))

    def _update_dates(
        self, task: Task, update: Callable[[Paper], Paper], outcome: SummarizeOutcome
    ) -> SummarizeOutcome:
        """Update the paper of `task` on each of its dates; return `outcome`, or `deferred` if a day is unreadable."""

        def update_one(paper: Paper) -> Paper:
            return update(paper) if paper.id == task.paper_id else paper

        for date in task.dates:
            try:
                day = read_day(self.root, date)
            except ArchiveError as e:
                outcome = SummarizeOutcome(task, "deferred", str(e))
                continue
            if day:
                update_papers(self.root, day, update_one)
        return outcome


def evaluate(completion: Completion, source_text: SourceText) -> tuple[tuple[str, ...], str | None]:
    """Return the bullets of an answer, and its fault, None if the answer is valid."""
    if completion.refusal:
        return (), f"refusal: {cut(clean_line(completion.refusal), MAX_QUOTED_CHARS)}"
    finish_reason = completion.finish_reason or "nothing"
    is_complete = finish_reason.lower() in COMPLETE
    bullets: tuple[str, ...] = ()
    try:
        bullets = parse_response(completion.content, completion.reasoning, is_complete=is_complete)
        fault = check_summary(bullets, source_text)
    except ResponseFormatError as e:
        fault = str(e)
    if fault and not is_complete:
        end = cut(clean_line(finish_reason), MAX_QUOTED_CHARS)
        fault = f"cut: the answer ended by {end}, expected stop; {fault}"
    return bullets, fault


def _plausible(tokens: int | None, estimate: int) -> int:
    """Return the tokens that the endpoint reports, or `estimate` if it reports none or an impossible number."""
    return tokens if tokens and tokens <= MAX_REPORTED_TOKENS else min(estimate, MAX_REPORTED_TOKENS)
