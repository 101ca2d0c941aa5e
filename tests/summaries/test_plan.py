"""The plan of a run: a task for each missing summary, newest date first, and an estimate within the budget."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daily_papers.archive.day_files import day_path
from daily_papers.archive.usage import Usage, write_usage
from daily_papers.errors import ArchiveError
from daily_papers.model.records import Failure, Paper, Summary
from daily_papers.summaries.budget import TYPICAL_ANSWER_TOKENS, Allowance, Limits
from daily_papers.summaries.plan import MAX_TRIES, Plan, Settings, count_pending, estimate, make_plan
from daily_papers.summaries.prompt import input_hash, read_prompt
from tests.factories import make_day, make_paper, store_day

NOW = dt.datetime(2026, 7, 20, 3, tzinfo=dt.UTC)
DATE = dt.date(2026, 7, 15)
LATER = dt.date(2026, 7, 16)
SETTINGS = Settings(model="a-model")
ABSTRACT = "We look at how rivers bend."


def paper(number: int = 1, **fields: Any) -> Paper:
    return make_paper(number, **{"title": f"Rivers {number}", "abstract": ABSTRACT, **fields})


def plan(root: Path, settings: Settings = SETTINGS, *, outdated: bool = False, limit: int | None = None) -> Plan:
    return make_plan(root, settings, since=DATE, outdated=outdated, limit=limit)


def by(author: str, *bullets: str, **fields: object) -> dict[str, Summary]:
    return {"ko": Summary(bullets=bullets or ("글",), by=author, **fields)}  # type: ignore[arg-type]


def current(root: Path, number: int = 1, **changes: str) -> dict[str, Summary]:
    """Return a summary with the prompt and the input that a task would have now."""
    fields = {"prompt": read_prompt(root, "ko").version, "input": input_hash(f"Rivers {number}", ABSTRACT), **changes}
    return by("a-model", **fields)


def test_a_paper_with_an_abstract_and_no_summary_is_a_task(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper())
    (task,) = plan(tmp_path).tasks
    assert (task.paper_id, task.language, task.dates, task.tries, task.ready) == ("2607.00001", "ko", (DATE,), 0, None)
    assert task.input == input_hash("Rivers 1", ABSTRACT)
    assert task.messages == read_prompt(tmp_path, "ko").messages("Rivers 1", ABSTRACT)
    assert task.question_tokens > 0


@pytest.mark.parametrize(
    ("summaries", "is_task"),
    [
        (by("huggingface"), True),
        (by("a-model", ""), True),
        (by("a-model"), False),
        (by("another-model"), False),
        (by("mkdocs-daily-papers"), False),
        (by("digest"), False),
        (by("hand"), False),
        ({"ko": Summary(bullets=(), by="hand")}, False),
        ({"en": Summary(bullets=("text",), by="hand")}, True),
    ],
)
def test_only_a_sentence_of_hugging_face_and_an_empty_summary_of_a_model_are_replaced(
    tmp_path: Path, summaries: dict[str, Summary], is_task: bool
) -> None:
    store_day(tmp_path, DATE, paper(summaries=summaries))
    planned = plan(tmp_path)
    assert len(planned.tasks) == is_task
    assert planned.left_out == ({} if is_task else {"has a summary": 1})


def test_a_paper_without_an_abstract_is_left_out(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(abstract=None))
    assert (plan(tmp_path).tasks, plan(tmp_path).left_out) == ((), {"no abstract": 1})


def test_tasks_are_ordered_by_date_and_votes_and_the_limit_cuts_their_end(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(1, votes=1), paper(2, votes=9))
    store_day(tmp_path, LATER, paper(3))
    store_day(tmp_path, DATE - dt.timedelta(days=1), paper(4))
    assert [task.paper_id[-1] for task in plan(tmp_path).tasks] == ["3", "2", "1"]
    assert [task.paper_id[-1] for task in plan(tmp_path, limit=2).tasks] == ["3", "2"]
    until = make_plan(tmp_path, SETTINGS, since=DATE, until=DATE)
    assert [task.paper_id[-1] for task in until.tasks] == ["2", "1"]


def test_each_language_is_a_task(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(summaries=by("hand")))
    settings = Settings(model="a-model", languages=("ko", "en", "ja"))
    assert [task.language for task in plan(tmp_path, settings).tasks] == ["en", "ja"]


def test_a_paper_of_two_dates_is_one_task(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper())
    store_day(tmp_path, LATER, paper())
    (task,) = plan(tmp_path).tasks
    assert task.dates == (LATER, DATE)


def test_a_summary_of_another_date_is_copied_if_its_prompt_and_input_are_current(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper())
    store_day(tmp_path, LATER, paper(summaries=current(tmp_path)))
    (task,) = plan(tmp_path).tasks
    assert task.ready == current(tmp_path)["ko"]
    store_day(tmp_path, LATER, paper(summaries=current(tmp_path, prompt="of old")))
    (task,) = plan(tmp_path).tasks
    assert task.ready is None


@pytest.mark.parametrize(
    ("changes", "model", "is_task"),
    [
        ({}, "a-model", False),
        ({"prompt": "of old"}, "a-model", True),
        ({"input": "of old"}, "a-model", True),
        ({}, "b", True),
    ],
)
def test_a_summary_by_another_prompt_input_or_model_is_replaced_only_on_request(
    tmp_path: Path, changes: dict[str, str], model: str, is_task: bool
) -> None:
    store_day(tmp_path, DATE, paper(1, summaries=current(tmp_path, 1, **changes)), paper(2, summaries=by("hand")))
    settings = Settings(model=model)
    assert not plan(tmp_path, settings).tasks
    assert len(plan(tmp_path, settings, outdated=True).tasks) == is_task


def test_a_paper_is_given_up_after_some_tries_with_the_same_model(tmp_path: Path) -> None:
    failure = Failure(
        reason="schema: the answer is empty",
        by="a-model",
        at=NOW,
        prompt=read_prompt(tmp_path, "ko").version,
        input=input_hash("Rivers 1", ABSTRACT),
        tries=MAX_TRIES - 1,
    )
    store_day(tmp_path, DATE, paper(failures={"ko": failure}))
    assert [task.tries for task in plan(tmp_path).tasks] == [MAX_TRIES - 1]
    store_day(tmp_path, DATE, paper(failures={"ko": msgspec.structs.replace(failure, tries=MAX_TRIES)}))
    assert (plan(tmp_path).tasks, plan(tmp_path).left_out) == ((), {f"given up after {MAX_TRIES} tries": 1})
    assert [task.tries for task in plan(tmp_path, outdated=True).tasks] == [MAX_TRIES]
    assert [task.tries for task in plan(tmp_path, Settings(model="b-model")).tasks] == [0]


def test_the_curation_decides_what_is_summarized(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(1), paper(2))
    (tmp_path / "curation.yml").write_text("2607.00001: {hide: true}\n2607.00002: {abstract: Rivers do bend.}\n")
    assert [(task.paper_id, task.abstract) for task in plan(tmp_path).tasks] == [("2607.00002", "Rivers do bend.")]


def test_an_unreadable_day_is_reported_and_costs_only_itself(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(1))
    store_day(tmp_path, LATER, paper(2))
    day_path(tmp_path, LATER).write_text("{")
    planned = plan(tmp_path)
    assert [task.paper_id for task in planned.tasks] == ["2607.00001"]
    assert [error.path for error in planned.errors] == [day_path(tmp_path, LATER)]


@pytest.mark.parametrize("name", ["prompts.yml", "curation.yml"])
def test_a_setting_that_cannot_be_used_is_an_error(tmp_path: Path, name: str) -> None:
    store_day(tmp_path, DATE, paper())
    (tmp_path / name).write_text("- no\n")
    with pytest.raises(ArchiveError, match=name):
        plan(tmp_path)


def test_a_paper_is_pending_if_it_lacks_a_summary_in_any_language(tmp_path: Path) -> None:
    papers = (paper(1), paper(2, summaries=by("hand")), paper(3, abstract=None))
    day = make_day(DATE, *papers)
    prompts = {language: read_prompt(tmp_path, language) for language in ("ko", "en")}
    assert count_pending(day, {"ko": prompts["ko"]}, "a-model") == 1
    assert count_pending(day, prompts, "a-model") == 2


def test_an_estimate_has_a_typical_call_for_each_summary_and_writes_nothing(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(1), paper(2), paper(3))
    store_day(tmp_path, LATER, paper(3, summaries=current(tmp_path, 3)))
    planned = plan(tmp_path)
    expected = estimate(tmp_path, SETTINGS, planned, now=NOW)
    tokens = sum(task.question_tokens for task in planned.tasks if not task.ready)
    assert (expected.wanted, expected.stopped_by) == (2, "")
    assert expected.usage == Usage(2, tokens, 2 * TYPICAL_ANSWER_TOKENS)
    assert str(expected) == f"2 of 2 summaries, about 2 calls, {tokens + 2 * TYPICAL_ANSWER_TOKENS} tokens"
    assert not (tmp_path / "usage.json").exists()


def test_an_estimate_ends_at_the_budget_and_names_it(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, *map(paper, range(1, 11)))
    write_usage(tmp_path, {"2026-07": Usage(1, 5000, 0)})
    settings = Settings(model="a-model", limits=Limits(Allowance(call=2000, month=10_000)))
    part = estimate(tmp_path, settings, plan(tmp_path), now=NOW)
    assert 0 < part.usage.calls < part.wanted == 10
    assert "; then the budget 'summaries.tokens.month' (10000) has no room" in str(part)


def test_an_estimate_leaves_out_only_the_question_that_is_too_long(tmp_path: Path) -> None:
    store_day(tmp_path, DATE, paper(1, abstract="Rivers bend. " * 600, votes=5), paper(2))
    settings = Settings(model="a-model", limits=Limits(Allowance(call=2000)))
    part = estimate(tmp_path, settings, plan(tmp_path), now=NOW)
    assert (part.wanted, part.usage.calls, part.stopped_by) == (2, 1, "")
