"""The chat client requests the strictest format that the endpoint accepts, and never shows the API key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from daily_papers.errors import FetchError, SettingError
from daily_papers.summaries.chat_client import (
    ATTEMPTS,
    MAX_REFUSED_CALLS,
    RESPONSE_FORMATS,
    SHORTER_ANSWERS,
    Completion,
    CompletionError,
    open_endpoint,
)
from daily_papers.summaries.response_parser import SCHEMA
from tests import chat
from tests.chat import ChatModel, bullets, error, only, raw, refuses, says

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


def complete(calls: int = 1, *, call_s: float = 60.0, max_tokens: int = 700) -> list[Completion]:
    """Make this many calls, one after the other."""

    async def run() -> list[Completion]:
        async with open_endpoint("a-model", call_s=call_s) as endpoint:
            return [await endpoint.complete(MESSAGES, max_tokens=max_tokens) for _ in range(calls)]

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
def test_an_endpoint_that_refuses_every_form_is_an_error(model: ChatModel, status: int) -> None:
    model.always(error(status, "too long"))
    with pytest.raises(FetchError, match=f'HTTP {status}: "too long"'):
        complete()
    formats = ["json_schema", "json_object", "text"]
    assert [call.form for call in model.calls] == [*formats, "text", "text"]
    assert [len(call.body["messages"]) for call in model.calls] == [2] * len(RESPONSE_FORMATS) + [1, 1]


@pytest.mark.usefixtures("no_backoff")
def test_not_every_form_is_tried_again_and_again(model: ChatModel) -> None:
    model.always(error(400, "the key is not valid"))
    requests = []

    async def ask() -> None:
        async with open_endpoint("a-model", call_s=60) as endpoint:
            for _ in range(MAX_REFUSED_CALLS + 2):
                with pytest.raises(FetchError, match="the key is not valid"):
                    await endpoint.complete(MESSAGES, max_tokens=5000)
                requests.append(len(model.calls))

    asyncio.run(ask())
    assert requests[0] > 1
    assert requests[MAX_REFUSED_CALLS - 1] == MAX_REFUSED_CALLS * requests[0]
    assert requests[-1] == requests[-3] + 2


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
@pytest.mark.parametrize(
    ("message", "refused", "expected"),
    [
        ("cannot build this grammar", ("json_schema",), ("json_object", 2, 5000)),
        ("no provider takes these parameters", ("json_schema", "json_object"), ("text", 2, 5000)),
        ("instructions of a developer are off", ("system",), ("json_schema", 1, 5000)),
        ("bad request", ("system",), ("text", 1, 5000)),
        ("unsupported", ("system", "response_format"), ("text", 1, 5000)),
    ],
)
def test_a_refused_form_is_replaced_by_a_simpler_one_for_the_rest_of_the_run(
    model: ChatModel, status: int, message: str, refused: tuple[str, ...], expected: tuple[str, int, int]
) -> None:
    model.always(refuses(status, message, *refused))
    assert [completion.content for completion in complete(3, max_tokens=5000)] == [GOOD] * 3
    sent = [(call.form, len(call.body["messages"]), call.body["max_tokens"]) for call in model.calls]
    assert sent[-3:] == [expected] * 3
    assert expected not in sent[:-3]


def test_instructions_without_a_message_of_their_own_come_before_the_paper(model: ChatModel) -> None:
    model.always(refuses(400, "the role is not supported", "system"))
    complete()
    assert model.calls[-1].body["messages"] == [
        {"role": "user", "content": 'Summarize.\n\n{"title":"Rivers","abstract":"They bend."}'}
    ]


@pytest.mark.parametrize(("limit", "accepted"), [(4096, 2000), (1024, 1000)])
@pytest.mark.parametrize("message", ["max_tokens is too large", "too much"])
def test_a_shorter_answer_is_requested_if_the_model_refuses_the_length(
    model: ChatModel, message: str, limit: int, accepted: int
) -> None:
    def reply(handler: chat.Handler, call: chat.Call) -> None:
        (error(400, message) if call.body["max_tokens"] > limit else chat.good)(handler, call)

    model.always(reply)
    complete(2, max_tokens=5000)
    expected = accepted if "max_tokens" in message else SHORTER_ANSWERS[-1]
    assert [call.body["max_tokens"] for call in model.calls[-2:]] == [expected] * 2


@pytest.mark.usefixtures("no_backoff")
def test_a_server_error_after_an_answer_does_not_change_the_form(model: ChatModel) -> None:
    model.then(chat.good, *[error(500, "overloaded")] * ATTEMPTS)
    with pytest.raises(FetchError, match='HTTP 500: "overloaded"'):
        complete(2)
    assert {call.form for call in model.calls} == {"json_schema"}
    assert len(model.calls) == 1 + ATTEMPTS


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
    ("usage", "expected"),
    [
        ({"prompt_tokens": 700.0, "completion_tokens": 300.0}, (700, 300)),
        ({"prompt_tokens": 700, "completion_tokens": 300, "total_tokens": 1900}, (700, 1200)),
        ({"prompt_tokens": 700, "completion_tokens": 300, "total_tokens": 0}, (700, 300)),
    ],
)
def test_reported_tokens_may_be_floats_and_count_thoughts_that_only_the_total_has(
    model: ChatModel, usage: object, expected: tuple[int, int]
) -> None:
    model.always(raw(json.dumps(chat.completion(GOOD) | {"usage": usage}).encode()))
    (completion,) = complete()
    assert (completion.prompt_tokens, completion.completion_tokens) == expected


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


@pytest.mark.parametrize(
    ("content", "message", "expected"),
    [
        ([{"type": "text", "text": "{"}, {"type": "text", "text": "}"}], {}, ("{}", "")),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"text": "{}"}], {}, ("{}", "hm")),
        (["{", "}", 7, None, {"type": "image"}], {}, ("{}", "")),
        ({"type": "text", "text": "{}"}, {}, ("{}", "")),
        ("", {"reasoning_content": "{}"}, ("", "{}")),
        (None, {"reasoning": "{}", "refusal": {}}, ("", "{}")),
        (7, {"reasoning_content": 7, "refusal": 7}, ("", "")),
    ],
)
def test_content_and_thoughts_are_read_from_text_and_from_lists_of_parts(
    model: ChatModel, content: object, message: dict[str, Any], expected: tuple[str, str]
) -> None:
    model.always(says(content, **message))
    (completion,) = complete()
    assert (completion.content, completion.reasoning) == expected


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
def test_a_body_that_is_no_completion_is_an_error_and_is_not_requested_again(
    model: ChatModel, body: bytes, found: str
) -> None:
    model.always(raw(body))
    with pytest.raises(CompletionError) as caught:
        complete()
    assert found in str(caught.value)
    assert len(model.calls) == 1


USAGE = {"prompt_tokens": 40, "completion_tokens": 30}


@pytest.mark.parametrize(
    ("body", "status", "tokens"),
    [
        ({"error": {"code": 429, "message": "later"}}, 429, None),
        ({"error": {"code": "x"}, "choices": []}, None, None),
        ({"error": "later"}, None, None),
        ({"error": {"code": 502}, "usage": USAGE}, 502, (40, 30)),
        ({"choices": [{"text": "a"}]}, None, (None, None)),
        ({"choices": [{"text": "a"}], "usage": USAGE}, None, (40, 30)),
        ({"choices": [{"message": {"content": ""}, "error": {"code": 502}}]}, 502, None),
        ({"choices": [{"message": {"content": ""}, "error": {"code": 502}}], "usage": USAGE}, 502, (40, 30)),
        ({"choices": []}, None, None),
        ({"hello": 1}, None, None),
    ],
)
def test_the_error_for_a_body_has_its_status_and_the_tokens_that_were_paid_for(
    model: ChatModel, body: object, status: int | None, tokens: tuple[int | None, int | None] | None
) -> None:
    model.always(raw(json.dumps(body).encode()))
    with pytest.raises(CompletionError) as caught:
        complete()
    unread = caught.value.unread
    assert caught.value.status == status
    assert (unread and (unread.prompt_tokens, unread.completion_tokens)) == tokens


def test_a_connection_that_breaks_during_an_answer_is_an_error_and_is_not_requested_again(model: ChatModel) -> None:
    model.then(chat.breaks)
    with pytest.raises(FetchError, match="the connection broke"):
        complete()
    assert len(model.calls) == 1


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
