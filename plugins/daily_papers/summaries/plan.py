"""Plan of a run of summaries: the papers without a summary, and an estimate of the usage.

`jobs/summarize` carries the plan out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from daily_papers.archive.curation import curate_day, read_curation
from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.archive.usage import Usage, read_usage
from daily_papers.errors import ArchiveError, BudgetError
from daily_papers.model.merge import MODEL_RANK, summary_rank
from daily_papers.model.records import Day, Paper, Summary
from daily_papers.summaries.budget import TYPICAL_ANSWER_TOKENS, Budget, Limits, estimate_chat
from daily_papers.summaries.prompt import Message, Prompt, input_hash, read_prompt

MAX_TRIES = 5
"""The number of runs without a summary after which a paper is given up.

It is tried again with another input, prompt or model, or on request.
"""


class Settings(msgspec.Struct, frozen=True):
    """The option `summaries` of a site. An empty `model` turns summaries off."""

    model: str
    languages: tuple[str, ...] = ("ko",)
    at_once: int = 4
    limits: Limits = Limits()
    call_s: float = 180.0
    """The time limit of one answer, in seconds. A local model needs minutes. OpenAI's library waits ten minutes."""


class Task(msgspec.Struct, frozen=True):
    """One missing summary. A paper that is listed on several dates is one task."""

    paper_id: str
    language: str
    title: str
    abstract: str
    dates: tuple[dt.date, ...]
    prompt: Prompt
    tries: int = 0
    """The number of earlier runs in which the same question gave no summary."""
    ready: Summary | None = None
    """The summary of the same paper on another date, if it can be copied."""

    @property
    def input(self) -> str:
        return input_hash(self.title, self.abstract)

    @property
    def messages(self) -> list[Message]:
        return self.prompt.messages(self.title, self.abstract)

    @property
    def question_tokens(self) -> int:
        """An estimate of the tokens of the question."""
        return estimate_chat(self.messages)


class Plan(msgspec.Struct, frozen=True):
    """The tasks of a run, newest date first, and the number of papers that are left out for each reason."""

    tasks: tuple[Task, ...]
    left_out: Counter[str]
    errors: tuple[ArchiveError, ...] = ()
    """The errors of stored days that cannot be read."""


class Estimate(msgspec.Struct, frozen=True):
    """A rough estimate of the usage of a plan, if every first answer passes the checks."""

    wanted: int
    """The number of summaries to request."""
    usage: Usage
    """One call for each summary that the budget allows."""
    stopped_by: str = ""
    """The reason if the budget does not allow all of them."""

    def __str__(self) -> str:
        rest = f"; then {self.stopped_by}" if self.stopped_by else ""
        return f"{self.usage.calls} of {self.wanted} summaries, about {self.usage}{rest}"


def make_plan(
    root: Path,
    settings: Settings,
    *,
    since: dt.date,
    until: dt.date | None = None,
    limit: int | None = None,
    outdated: bool = False,
) -> Plan:
    """Return the tasks for the dates from `since` to `until`, at most `limit` of them.

    A paper needs a summary if it has an abstract, and in a language nothing better than Hugging Face's sentence.
    `outdated` adds papers that a model summarized from another title or abstract, or with another prompt or model than
    now. It also adds papers that were given up.

    Raises ArchiveError if the site's prompts or its curation cannot be used.
    """
    curation = read_curation(root)
    prompts = {language: read_prompt(root, language) for language in settings.languages}
    found: dict[tuple[str, str, str], Task] = {}
    stored: dict[tuple[str, str, str], Summary] = {}
    left_out: Counter[str] = Counter()
    errors = []
    for date in reversed([date for date in stored_dates(root) if since <= date <= (until or date)]):
        try:
            day = read_day(root, date)
        except ArchiveError as e:
            errors.append(e)
            continue
        for paper in curate_day(day, curation).ranked if day else ():
            for language, prompt in prompts.items():
                key = (paper.id, language, input_hash(paper.title, paper.abstract or ""))
                if reason := _skip_reason(paper, language, prompt, settings.model, outdated=outdated):
                    left_out[reason] += 1
                    if language in paper.summaries:
                        stored[key] = paper.summaries[language]
                elif key in found:
                    found[key] = msgspec.structs.replace(found[key], dates=(*found[key].dates, date))
                else:
                    found[key] = _task(paper, language, date, prompt, settings.model)
    tasks = [msgspec.structs.replace(task, ready=_copyable(stored.get(key), task)) for key, task in found.items()]
    return Plan(tuple(tasks[:limit]), left_out, tuple(errors))


def count_pending(day: Day, prompts: Mapping[str, Prompt], model: str) -> int:
    """Return the number of papers of `day` that need a summary by `model` in any of the languages of `prompts`."""
    return sum(
        any(not _skip_reason(paper, language, prompt, model, outdated=False) for language, prompt in prompts.items())
        for paper in day.papers
    )


def _skip_reason(paper: Paper, language: str, prompt: Prompt, model: str, *, outdated: bool) -> str | None:
    """Return the reason not to summarize `paper`, None if it needs a summary."""
    if not paper.abstract:
        return "no abstract"
    summary = paper.summaries.get(language)
    current = (model, prompt.version, input_hash(paper.title, paper.abstract))
    if summary and _is_final(summary):
        is_by_model = summary_rank(summary) == MODEL_RANK
        if not (outdated and is_by_model and (summary.by, summary.prompt, summary.input) != current):
            return "has a summary"
    failure = paper.failures.get(language)
    is_current = failure and (failure.by, failure.prompt, failure.input) == current
    if failure and is_current and failure.tries >= MAX_TRIES and not outdated:
        return f"given up after {MAX_TRIES} tries"
    return None


def _is_final(summary: Summary) -> bool:
    """Return True if no model is to replace `summary`. A summary that was emptied by hand stays empty."""
    return summary_rank(summary) > MODEL_RANK or (any(summary.bullets) and summary.by != "huggingface")


def _task(paper: Paper, language: str, date: dt.date, prompt: Prompt, model: str) -> Task:
    abstract = paper.abstract or ""
    task = Task(paper.id, language, paper.title, abstract, (date,), prompt)
    failure = paper.failures.get(language)
    if failure and (failure.by, failure.prompt, failure.input) == (model, prompt.version, task.input):
        return msgspec.structs.replace(task, tries=failure.tries)
    return task


def _copyable(summary: Summary | None, task: Task) -> Summary | None:
    """Return the summary of another date if it has the prompt and the input of `task`."""
    return summary if summary and (summary.prompt, summary.input) == (task.prompt.version, task.input) else None


def estimate(root: Path, settings: Settings, plan: Plan, *, now: dt.datetime) -> Estimate:
    """Return an estimate for `plan`. Sends no request and writes nothing. Raises ArchiveError."""
    budget = Budget(settings.limits, now, read_usage(root))
    wanted = [task for task in plan.tasks if not task.ready]
    for task in wanted:
        try:
            reserved = settings.limits.max_usage(task.question_tokens)
            budget.reserve(reserved)
        except BudgetError as e:
            if e.for_all:
                return Estimate(len(wanted), budget.spent, str(e))
            continue  # only this one is deferred
        answer_tokens = min(TYPICAL_ANSWER_TOKENS, reserved.completion_tokens)
        budget.replace_reservation(reserved, settings.limits.usage(task.question_tokens, answer_tokens))
    return Estimate(len(wanted), budget.spent)
