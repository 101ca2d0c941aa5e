"""The chat client requests the strictest format that the endpoint accepts, and never shows the API key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from daily_papers.errors import FetchError, ParseError, SettingError
from daily_papers.summaries.chat_client import ATTEMPTS, RESPONSE_FORMATS, Completion, open_endpoint
from daily_papers.summaries.response_parser import SCHEMA
from tests import chat
from tests.chat import ChatModel, bullets, error, only, raw, says

KEY = "sk-canary/5f3a+9D7b=1c"
MESSAGES = [
    {"role": "system", "content": "Summarize."},
    {"role": "user", "content": '{"title":"Rivers","abstract":"They bend."}'},
]
GOOD = json.dumps({"bullets": bullets("Rivers")})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatModel]:
    """A model on loopback, in the environment."""
    with ChatModel() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def complete(calls: int = 1, *, call_s: float = 60.0) -> list[Completion]:
    """Make this many calls, one after the other."""

    async def run() -> list[Completion]:
        async with open_endpoint("a-model", call_s=call_s) as endpoint:
            return [await endpoint.complete(MESSAGES, max_tokens=700) for _ in range(calls)]

    return asyncio.run(run())


def test_a_call_has_the_model_the_messages_the_limit_the_schema_and_the_key(model: ChatModel) -> None:
    assert complete() == [Completion(GOOD, "stop", None, 400, 300)]
    (call,) = model.calls
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.body == {
        "model": "a-model",
        "messages": MESSAGES,
        "max_tokens": 700,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "summary", "strict": True, "schema": SCHEMA},
        },
    }


@pytest.mark.parametrize("form", ["json_object", "text"])
def test_the_accepted_format_is_found_once(model: ChatModel, form: str) -> None:
    model.always(only(form))
    assert [completion.content for completion in complete(3)] == [GOOD] * 3
    forms = [call.form for call in model.calls]
    assert forms[-3:] == [form] * 3
    assert len(forms) == 3 + ["json_schema", "json_object", "text"].index(form)


@pytest.mark.parametrize("status", [400, 422])
def test_an_endpoint_that_refuses_every_format_is_an_error(model: ChatModel, status: int) -> None:
    model.always(error(status, "too long"))
    with pytest.raises(FetchError, match=f'HTTP {status}: "too long"'):
        complete()
    assert len(model.calls) == len(RESPONSE_FORMATS)


def test_another_error_does_not_change_the_format(model: ChatModel) -> None:
    model.always(error(401, f"Incorrect API key provided: {KEY}"))
    with pytest.raises(FetchError) as caught:
        complete()
    assert 'HTTP 401: "Incorrect API key provided: ***"' in str(caught.value)
    assert [call.form for call in model.calls] == ["json_schema"]


def test_the_name_of_the_limit_follows_the_endpoints_error(model: ChatModel) -> None:
    model.then(error(400, "Use 'max_completion_tokens' instead of 'max_tokens'"))
    complete(2)
    names = [call.body.keys() & {"max_tokens", "max_completion_tokens"} for call in model.calls]
    assert names == [{"max_tokens"}, {"max_completion_tokens"}, {"max_completion_tokens"}]
    assert {call.form for call in model.calls} == {"json_schema"}


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": -5, "completion_tokens": 1}, {"prompt_tokens": 5}, "many"]
)
def test_unusable_numbers_of_tokens_are_none(model: ChatModel, usage: object) -> None:
    model.always(raw(json.dumps(chat.completion(GOOD) | {"usage": usage}).encode()))
    (completion,) = complete()
    assert (completion.prompt_tokens, completion.completion_tokens) == (None, None)


def test_a_refusal_and_the_reason_of_the_end_are_returned(model: ChatModel) -> None:
    model.then(says(None, refusal="I will not."), says("{", "length"))
    refused, cut_off = complete(2)
    assert (refused.content, refused.refusal) == ("", "I will not.")
    assert (cut_off.content, cut_off.finish_reason) == ("{", "length")


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!doctype html><p>Hi", "expected a chat completion, got "),
        (b'{"choices": []}', "got something else (ValidationError)"),
        (b'{"choices": "\xff"}', "got something else ("),
        (b'{"error": {"message": "no such thing"}}', 'got "no such thing"'),
        (b"[" * 9999, "got something else ("),
    ],
)
def test_a_body_that_is_no_completion_is_requested_again_and_then_is_an_error(
    model: ChatModel, body: bytes, found: str
) -> None:
    model.always(raw(body))
    with pytest.raises(ParseError) as caught:
        complete()
    assert found in str(caught.value)
    assert len(model.calls) == ATTEMPTS


@pytest.mark.usefixtures("no_backoff")
def test_a_call_without_a_complete_answer_is_cancelled(model: ChatModel) -> None:
    model.always(chat.hangs)
    with pytest.raises(FetchError, match=r"no complete response within 0\.5 s"):
        complete(call_s=0.5)


def test_no_key_is_sent_if_there_is_none(model: ChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    complete()
    assert "authorization" not in model.calls[0].headers


def test_openais_own_endpoint_needs_a_key() -> None:
    with pytest.raises(SettingError, match="OPENAI_API_KEY is not set; set it, or set OPENAI_BASE_URL"):
        complete()


@pytest.mark.parametrize("url", ["ftp://a.example", "localhost:11434", "https://a.example/v1?api-version=1"])
def test_the_error_for_an_unusable_address_names_the_variable(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(SettingError, match="OPENAI_BASE_URL is no http"):
        complete()


async def _contains_key(text: str) -> bool:
    async with open_endpoint("a-model", call_s=1.0) as endpoint:
        return endpoint.repeats_key(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"the key is {KEY}.", True),
        (KEY.upper(), True),
        (" ".join(KEY), True),
        ("sk-canary%2F5f3a%2B9D7b%3D1c", True),
        (KEY[:-1], False),
        ("", False),
    ],
)
def test_the_key_is_found_in_any_case_and_with_characters_between(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: bool
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert asyncio.run(_contains_key(text)) == expected


def test_a_short_key_is_a_placeholder_and_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "ollama")
    assert not asyncio.run(_contains_key("with ollama"))
