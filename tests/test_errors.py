"""Exceptions: each message begins with the location, and its parts are attributes."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers import errors
from daily_papers.errors import (
    ArchiveError,
    BudgetError,
    DailyPapersError,
    DeferredError,
    DigestError,
    ExportError,
    FetchError,
    ForbiddenError,
    NewerSchemaError,
    ParseError,
    SourceError,
    UnreachableError,
)

PATH = Path("docs/2024/03/01.json")
CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_exception_is_a_daily_papers_error_and_in_the_module_docstring(error: type[Exception]) -> None:
    assert issubclass(error, DailyPapersError)
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", [FetchError, UnreachableError, ForbiddenError, DeferredError, ParseError])
def test_a_source_error_names_source_and_url(error: type[SourceError]) -> None:
    raised = error("HTTP 500", source="huggingface", url="https://a.example/x")
    assert str(raised) == "huggingface: HTTP 500 (https://a.example/x)"
    assert (raised.reason, raised.source, raised.url) == ("HTTP 500", "huggingface", "https://a.example/x")


def test_a_fetch_error_is_final_unless_it_says_otherwise() -> None:
    error = FetchError("refused", source="x", url="u")
    assert (error.status, error.retryable, error.retry_after_s) == (None, False, None)
    error = FetchError("HTTP 429", source="x", url="u", status=429, retryable=True, retry_after_s=7.5)
    assert (error.status, error.retryable, error.retry_after_s) == (429, True, 7.5)


def test_an_archive_error_names_the_file_and_the_position_in_it() -> None:
    assert str(ArchiveError("is cut", path=PATH)) == "docs/2024/03/01.json: is cut"
    error = NewerSchemaError("has schema 2", path=PATH, at="$.schema")
    assert str(error) == "docs/2024/03/01.json at $.schema: has schema 2"
    assert (error.path, error.at, error.reason) == (PATH, "$.schema", "has schema 2")


def test_errors_of_imports_and_exports_name_the_file() -> None:
    digest = DigestError("is empty", location="logs.zip: 01.md")
    assert str(digest) == "logs.zip: 01.md: is empty"
    assert (digest.reason, digest.location) == ("is empty", "logs.zip: 01.md")
    export = ExportError("is a folder", path=PATH)
    assert str(export) == "docs/2024/03/01.json: is a folder"
    assert (export.reason, export.path) == ("is a folder", PATH)


def test_a_budget_error_says_if_it_is_for_all_calls() -> None:
    assert BudgetError("one call", for_all=False).for_all is False
    assert str(BudgetError("the month", for_all=True)) == "the month"
