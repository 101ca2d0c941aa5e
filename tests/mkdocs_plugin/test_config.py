"""The options of the plugin: a wrong one is reported with its key and what was expected."""

from __future__ import annotations

import pytest

from daily_papers.mkdocs_plugin.config import DailyPapersConfig
from daily_papers.summaries.budget import Allowance, Limits
from daily_papers.summaries.plan import Settings


def options(**given: object) -> DailyPapersConfig:
    config = DailyPapersConfig()
    config.load_dict(given)
    return config


def faults(**given: object) -> dict[str, str]:
    errors, warnings = options(**given).validate()
    assert not warnings
    return {key: str(error) for key, error in errors}


def test_summaries_are_off_by_default_and_have_default_limits() -> None:
    config = options()
    assert config.validate() == ([], [])
    assert config.summaries.settings() == Settings(model="", languages=("ko",), at_once=4, limits=Limits())


def test_every_limit_of_the_options_is_in_the_settings_of_a_run() -> None:
    config = options(
        summaries={
            "model": "qwen3:8b",
            "languages": ["ko", "en"],
            "at_once": 2,
            "tokens": {"call": 3000, "run": None, "month": 10**6},
            "money": {"month": 2.5},
            "prices": {"input": 0.1, "output": 0.4},
        }
    )
    assert config.validate() == ([], [])
    assert config.summaries.settings() == Settings(
        model="qwen3:8b",
        languages=("ko", "en"),
        at_once=2,
        limits=Limits(Allowance(3000, None, 10**6), Allowance(month=2.5), input_price=0.1, output_price=0.4),
    )
    assert config.summaries.settings("ja").languages == ("ja",)


@pytest.mark.parametrize(
    ("summaries", "message"),
    [
        ({"modle": "x"}, "did you mean 'model'?"),
        ({"tokens": {"day": 5}}, "unknown option; expected one of call, month, run"),
        ({"tokens": {"run": -1}}, "expected a number of 0 or more, or null for no limit, found -1"),
        ({"tokens": {"run": "many"}}, "expected a number of 0 or more, or null for no limit, found 'many'"),
        ({"tokens": {"run": True}}, "expected a number of 0 or more, or null for no limit, found True"),
        ({"at_once": 99}, "expected a number of calls from 1 to 16, found 99"),
        ({"at_once": 0}, "expected a number of calls from 1 to 16, found 0"),
        ({"languages": ["Korean!"]}, "expected a language code such as ko"),
        ({"model": "hand"}, "'hand' marks summaries that no model wrote"),
        ({"model": "a\nb"}, "expected the name of a model"),
        ({"model": " "}, "expected the name of a model"),
        ({"model": "Hand"}, "'Hand' marks summaries that no model wrote"),
        ({"model": None}, "expected the name of a model"),
        ({"money": {"month": 5}}, "a budget in money needs 'prices'"),
        ({"money": {"month": 0}}, "a budget in money needs 'prices'"),
        ({"money": None}, "Sub-option 'money': The configuration is invalid. Expected a key-value mapping"),
        ("gpt-4o", "Expected a key-value mapping"),
    ],
)
def test_a_mistake_in_summaries_is_reported(summaries: object, message: str) -> None:
    found = faults(summaries=summaries)
    assert list(found) == ["summaries"]
    assert message in found["summaries"]


def test_a_list_of_feeds_is_one_source() -> None:
    config = options(source=["arxiv:cs.CL", "https://blog.example/feed.xml"])
    assert config.validate() == ([], [])
    assert config.source == "arxiv:cs.CL https://blog.example/feed.xml"


@pytest.mark.parametrize("source", [[], ["huggingface", "arxiv:cs.CL"], ["arxiv:cs.CL", 5], ["arxiv:cs.CL"] * 2])
def test_a_list_of_anything_else_is_no_source(source: list[object]) -> None:
    assert "or a list of different feeds and categories, found [" in faults(source=source)["source"]
