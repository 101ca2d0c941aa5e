"""Which papers lack a summary, and what it would take to have them summarized.

Stored days and the settings of a site go in, Tasks come out. Asking is left to `summarize`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from daily_papers.archive.curation import curate_day, read_curation
from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.errors import ArchiveError, BudgetError
from daily_papers.model.merge import MODEL_RANK, summary_rank
from daily_papers.model.records import Day, Paper, Summary
from daily_papers.summaries.budget import USUAL_ANSWER_TOKENS, Budget, Limits, Usage, estimate_chat
from daily_papers.summaries.prompt import Message, Prompt, input_hash, read_prompt

MOST_TRIES = 5
"""After so many runs without a summary, the same paper, prompt and model are asked again only on request."""


class Settings(msgspec.Struct, frozen=True):
    """The option `summaries` of a site. Off without a model."""

    model: str
    languages: tuple[str, ...] = ("ko",)
    at_once: int = 4
    limits: Limits = Limits()
    call_s: float = 180.0
    """How long one answer may take. A local model needs minutes; OpenAI's own library waits ten."""


class Task(msgspec.Struct, frozen=True):
    """One summary that is wanted. A paper that is listed on several dates is one task."""

    paper_id: str
    language: str
    title: str
    abstract: str
    dates: tuple[dt.date, ...]
    prompt: Prompt
    tries: int = 0
    """Runs in which the same question came to nothing."""
    ready: Summary | None = None
    """A summary that is already stored for another of its dates."""

    @property
    def input(self) -> str:
        return input_hash(self.title, self.abstract)

    @property
    def messages(self) -> list[Message]:
        return self.prompt.messages(self.title, self.abstract)

    @property
    def question_tokens(self) -> int:
        """About how many tokens the question has."""
        return estimate_chat(self.messages)


class Plan(msgspec.Struct, frozen=True):
    """What a run would do: the tasks, newest date first, and how many papers are left out for which reason."""

    tasks: tuple[Task, ...]
    left_out: Counter[str]
    errors: tuple[ArchiveError, ...] = ()
    """Stored days that do not read."""


class Estimate(msgspec.Struct, frozen=True):
    """What a plan would take, by rule of thumb, if every first answer is kept; and how far the budget reaches."""

    wanted: int
    usage: Usage
    """A call each for those the budget allows."""
    stopped_by: str = ""

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
    """Return what of the dates from `since` to `until` lacks a summary, at most `limit` of them.

    Lacking is a paper with an abstract that has nothing better in a language than Hugging Face's sentence. `outdated`
    adds what a model summarized from another abstract or by another prompt or model than now, and what was given up.
    Raises ArchiveError if the site's own prompts or its curation cannot be used.
    """
    curation = read_curation(root)
    prompts = {language: read_prompt(root, language) for language in settings.languages}
    found: dict[tuple[str, str, str], Task] = {}
    kept: dict[tuple[str, str, str], Summary] = {}
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
                if reason := _why_not(paper, language, prompt, settings.model, outdated=outdated):
                    left_out[reason] += 1
                    if language in paper.summaries:
                        kept[key] = paper.summaries[language]
                elif key in found:
                    found[key] = msgspec.structs.replace(found[key], dates=(*found[key].dates, date))
                else:
                    found[key] = _task(paper, language, date, prompt, settings.model)
    tasks = [msgspec.structs.replace(task, ready=_usable(kept.get(key), task)) for key, task in found.items()]
    return Plan(tuple(tasks[:limit]), left_out, tuple(errors))


def count_pending(day: Day, prompts: Mapping[str, Prompt], model: str) -> int:
    """Return how many papers of `day` lack a summary by `model` in one of the languages of `prompts`."""
    return sum(
        any(not _why_not(paper, language, prompt, model, outdated=False) for language, prompt in prompts.items())
        for paper in day.papers
    )


def _why_not(paper: Paper, language: str, prompt: Prompt, model: str, *, outdated: bool) -> str | None:
    """Return why `paper` is not to be summarized, None if it is."""
    if not paper.abstract:
        return "no abstract"
    summary = paper.summaries.get(language)
    now = (model, prompt.version, input_hash(paper.title, paper.abstract))
    if summary and _stands(summary):
        is_ours = summary_rank(summary) == MODEL_RANK
        if not (outdated and is_ours and (summary.by, summary.prompt, summary.input) != now):
            return "has a summary"
    failure = paper.failures.get(language)
    if failure and (failure.by, failure.prompt, failure.input) == now and failure.tries >= MOST_TRIES and not outdated:
        return f"given up after {MOST_TRIES} tries"
    return None


def _stands(summary: Summary) -> bool:
    """Whether no model is asked for another; what a person has emptied is to stay empty."""
    return summary_rank(summary) > MODEL_RANK or (any(summary.bullets) and summary.by != "huggingface")


def _task(paper: Paper, language: str, date: dt.date, prompt: Prompt, model: str) -> Task:
    abstract = paper.abstract or ""
    task = Task(paper.id, language, paper.title, abstract, (date,), prompt)
    failure = paper.failures.get(language)
    if failure and (failure.by, failure.prompt, failure.input) == (model, prompt.version, task.input):
        return msgspec.structs.replace(task, tries=failure.tries)
    return task


def _usable(summary: Summary | None, task: Task) -> Summary | None:
    """Return the summary of another date if it was made from what would be asked now."""
    return summary if summary and (summary.prompt, summary.input) == (task.prompt.version, task.input) else None


def estimate(root: Path, settings: Settings, plan: Plan, *, now: dt.datetime) -> Estimate:
    """Return what `plan` would take. Nothing is asked and nothing is written. Raises ArchiveError."""
    budget = Budget(root, settings.limits, now)
    wanted = [task for task in plan.tasks if not task.ready]
    for task in wanted:
        try:
            most = settings.limits.most(task.question_tokens)
            budget.reserve(most)
        except BudgetError as e:
            if e.for_all:
                return Estimate(len(wanted), budget.spent, str(e))
            continue  # this one is put off, the others are not
        answer_tokens = min(USUAL_ANSWER_TOKENS, most.completion_tokens)
        budget.exchange(most, settings.limits.usage(task.question_tokens, answer_tokens))
    return Estimate(len(wanted), budget.spent)
