"""Chat client for a model behind any OpenAI-compatible endpoint.

It sends the strictest form of request that the endpoint accepts: JSON Schema, else JSON mode, else plain text.
`net/client` sends and retries requests, and hides secrets. `response_parser` and `validation` check the text.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec

from daily_papers.errors import FetchError, ParseError, SettingError
from daily_papers.net.client import Client, Response
from daily_papers.summaries.prompt import Message, merge_system
from daily_papers.summaries.response_parser import SCHEMA

OPENAI_ENDPOINT = "https://api.openai.com/v1"
PATH = "/chat/completions"
NAME = "model"
"""The name of the upstream in messages."""

ATTEMPTS = 3
UNSTATED_WAIT_S = 15.0
"""Seconds to wait after HTTP 429 without a stated wait, as Google sends it. Google's limits are per minute."""
LONGEST_WAIT_S = 130.0
"""Seconds. The limits of free plans are per minute. If a longer wait is asked for, the next run continues."""
MAX_BYTES = 2**20
MIN_KEY_LETTERS = 8
"""A shorter key is a placeholder for an endpoint that needs no key. It would be found inside ordinary words."""

RESPONSE_FORMATS: tuple[dict[str, Any], ...] = (
    {"response_format": {"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": SCHEMA}}},
    {"response_format": {"type": "json_object"}},
    {},
)
"""The parts of a request that ask for a response format, the strictest first."""
SHORTER_ANSWERS = (2_000, 1_000)
"""Values of `max_tokens` for a model that refuses the configured one. Five bullets in Korean have 900 tokens."""
REFUSED_FORM = frozenset({400, 404, 422, 501})
"""Statuses of a refused form of request. Some servers send 500, which may also be a failure of the server."""
MAX_REFUSED_CALLS = 3
"""Calls in a row of which every form is tried. A wrong key, too, may be answered with 400."""

_SYSTEM_REFUSED = re.compile(r"\b(?:system|developer|roles?)\b", re.IGNORECASE)
_LENGTH_REFUSED = re.compile(
    r"max_(?:completion_)?tokens|context (?:length|size|window)|too many tokens", re.IGNORECASE
)

_log = logging.getLogger("daily_papers")

_Tokens = Annotated[float, msgspec.Meta(ge=0)]
"""Some endpoints write whole numbers as 700.0."""


class Completion(msgspec.Struct, frozen=True):
    """The result of one call. Tokens are None if the endpoint does not report them."""

    content: str
    finish_reason: str | None
    refusal: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning: str = ""
    """The model's thoughts, if the endpoint sends them separately. Some models write the answer there."""


class CompletionError(ParseError):
    """A response with status 200 has no chat completion.

    `status` is the one that an error in the body states, else None. `unread` is the body as a completion, None if
    nothing in it shows that a model has written.
    """

    def __init__(self, message: str, *, url: str, status: int | None, unread: Completion | None) -> None:
        super().__init__(message, source=NAME, url=url)
        self.status = status
        self.unread = unread


class _WireMessage(msgspec.Struct):
    """A message of the model. The names of its thoughts are those of vLLM and of OpenRouter."""

    content: Any = None
    refusal: Any = None
    reasoning_content: Any = None
    reasoning: Any = None


class _WireChoice(msgspec.Struct):
    message: _WireMessage
    finish_reason: Any = None
    error: Any = None


class _WireCompletion(msgspec.Struct):
    choices: Annotated[list[_WireChoice], msgspec.Meta(min_length=1)]
    usage: msgspec.Raw = msgspec.Raw(b"null")


class _WireUsage(msgspec.Struct):
    prompt_tokens: _Tokens
    completion_tokens: _Tokens
    total_tokens: _Tokens | None = None


class _WireErrorBody(msgspec.Struct):
    error: Any = None
    choices: Any = None
    usage: msgspec.Raw = msgspec.Raw(b"null")


class RequestForm(msgspec.Struct, frozen=True):
    """The optional features of the protocol that a request uses."""

    response_format: int = 0
    """Index in RESPONSE_FORMATS."""
    has_system_message: bool = True
    shorter_answers: int = 0
    """Number of values of SHORTER_ANSWERS that were tried."""
    limit_name: str = "max_tokens"

    def body(self, messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
        """Return a request's body without the model's name."""
        if self.shorter_answers:
            max_tokens = min(max_tokens, SHORTER_ANSWERS[self.shorter_answers - 1])
        return {
            "messages": messages if self.has_system_message else merge_system(messages),
            self.limit_name: max_tokens,
            **RESPONSE_FORMATS[self.response_format],
        }

    def next_form(self, reason: str) -> RequestForm | None:
        """Return the form to send after this one was refused, None if there is no other.

        `reason` is the endpoint's message. If it names a feature, that one is given up first.
        """
        replace = msgspec.structs.replace
        may_shorten = self.shorter_answers < len(SHORTER_ANSWERS)
        if self.limit_name == "max_tokens" and "max_completion_tokens" in reason:
            return replace(self, limit_name="max_completion_tokens")  # the name that OpenAI's newer models require
        if self.has_system_message and _SYSTEM_REFUSED.search(reason):
            return replace(self, has_system_message=False)
        if may_shorten and _LENGTH_REFUSED.search(reason):
            return replace(self, shorter_answers=self.shorter_answers + 1)
        if self.response_format < len(RESPONSE_FORMATS) - 1:
            return replace(self, response_format=self.response_format + 1)
        if self.has_system_message:
            return replace(self, has_system_message=False)
        return replace(self, shorter_answers=len(SHORTER_ANSWERS)) if may_shorten else None


class Endpoint:
    """One model at one endpoint. Calls may run concurrently."""

    def __init__(self, client: Client, model: str, *, secret: str | None) -> None:
        self._client, self._model = client, model
        letters = _letters(secret or "")
        self._secret = letters if len(letters) >= MIN_KEY_LETTERS else ""
        self._form = RequestForm()
        self._is_answered = False
        self._refused_calls = 0

    def repeats_key(self, text: str) -> bool:
        """Return True if `text` contains the API key.

        Case is ignored, and so are characters between the key's letters and digits.
        """
        return bool(self._secret) and self._secret in _letters(text)

    async def complete(self, messages: Sequence[Message], *, max_tokens: int) -> Completion:
        """Return the model's answer to `messages`, with at most `max_tokens`.

        If the endpoint refuses the form of the request, simpler ones are sent. Later calls begin with the accepted one.
        After MAX_REFUSED_CALLS of which every form was refused, each call sends one form: its texts, the key or the
        model may be the reason. HTTP 500 counts as a refusal of the form only until a call was answered or refused so.
        Raises FetchError, CompletionError.
        """
        form = self._form
        while True:
            body = {"model": self._model, **form.body(messages, max_tokens)}
            try:
                completion = await self._client.post(PATH, body, self._read)
            except FetchError as e:
                refuses_form = self._refuses_form(e.status)
                simpler = form.next_form(e.reason) if refuses_form else None
                if simpler is None:
                    self._refused_calls += refuses_form
                    raise
                form = simpler
            else:
                break
        if form != self._form:
            _log.info("%s: the endpoint refused the first form of request; later requests use another one", NAME)
        self._form, self._is_answered, self._refused_calls = form, True, 0
        return completion

    def _refuses_form(self, status: int | None) -> bool:
        """Return True if a response with `status` may be about the form of the request."""
        if status == 500:
            return not self._is_answered and not self._refused_calls
        return status in REFUSED_FORM and self._refused_calls < MAX_REFUSED_CALLS

    def _read(self, reply: Response) -> Completion:
        """Return the completion in a response with status 200. Raises CompletionError."""
        try:
            wire = msgspec.json.decode(reply.body, type=_WireCompletion)
            choice, message = wire.choices[0], wire.choices[0].message
            if choice.error and not message.content:
                raise self._completion_error(reply, msgspec.json.encode({"error": choice.error, "usage": wire.usage}))
            return Completion(
                _read_text(message.content),
                _str_or_none(choice.finish_reason),
                _str_or_none(message.refusal),
                *_read_usage(wire.usage),
                reasoning=_read_text(message.reasoning_content)
                or _read_text(message.reasoning)
                or _read_thoughts(message.content),
            )
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
            raise self._completion_error(reply, reply.body, type(e).__name__) from e

    def _completion_error(self, reply: Response, body: bytes, kind: str = "an error") -> CompletionError:
        """Return the error for a response without a completion. `kind` describes it if `body` has no message."""
        found = self._client.quote_error(body, reply.headers) or f"something else ({kind})"
        status, unread = _read_error(body)
        reason = f"expected a chat completion, got {found}"
        return CompletionError(reason, url=reply.url, status=status, unread=unread)


@asynccontextmanager
async def open_endpoint(model: str, *, call_s: float) -> AsyncIterator[Endpoint]:
    """Open the endpoint OPENAI_BASE_URL, or OpenAI's own if that is not set, with the key OPENAI_API_KEY.

    A call without a complete answer after `call_s` seconds is cancelled. Raises SettingError if there is no key for
    OpenAI's own endpoint, or if the address cannot be used.
    """
    base_url = (os.environ.get("OPENAI_BASE_URL") or OPENAI_ENDPOINT).strip()
    secret = (os.environ.get("OPENAI_API_KEY") or "").strip() or None
    if secret is None and base_url == OPENAI_ENDPOINT:
        raise SettingError(
            "no summaries: OPENAI_API_KEY is not set; set it, or set OPENAI_BASE_URL to an endpoint that needs no key"
        )
    if not re.fullmatch(r"https?://[^\s?#]+", base_url):
        raise SettingError("OPENAI_BASE_URL is no http(s) address without a query, as http://localhost:11434/v1")
    async with Client(
        source=NAME,
        base_url=base_url,
        token=secret,
        token_optional=False,
        deadline_s=call_s,
        max_bytes=MAX_BYTES,
        attempts=ATTEMPTS,
        connect_attempts=ATTEMPTS,
        budget_s=call_s,
        max_wait_s=LONGEST_WAIT_S,
        default_wait_s=UNSTATED_WAIT_S,
    ) as client:
        yield Endpoint(client, model, secret=secret)


def _read_text(content: object) -> str:
    """Return a text that is sent as a string or as a list of parts. Parts of another kind than text are left out."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return "".join(text for text in texts if isinstance(text, str))


def _read_thoughts(content: object) -> str:
    """Return the thoughts among the parts of a message, which Mistral sends as parts of a part."""
    parts = content if isinstance(content, list) else []
    return "".join(_read_text(part.get("thinking")) for part in parts if isinstance(part, dict))


def _str_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _read_usage(usage: msgspec.Raw) -> tuple[int | None, int | None]:
    """Return the tokens of question and answer. Google counts thoughts only in the total."""
    try:
        reported = msgspec.json.decode(usage, type=_WireUsage)
    except msgspec.MsgspecError:
        return None, None
    answer = max(reported.completion_tokens, (reported.total_tokens or 0) - reported.prompt_tokens)
    return int(reported.prompt_tokens), int(answer)


def _read_error(body: bytes) -> tuple[int | None, Completion | None]:
    """Return the status that an error in `body` states, and the body as a completion if it was paid for.

    OpenRouter sends `{"error": {"code": 429, …}}`, also within a choice, if a model fails after the response has begun.
    """
    try:
        wire = msgspec.json.decode(body, type=_WireErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        wire = _WireErrorBody()
    code = wire.error.get("code") if isinstance(wire.error, dict) else None
    prompt_tokens, completion_tokens = _read_usage(wire.usage)
    was_written = completion_tokens if wire.error else completion_tokens or wire.choices
    unread = Completion(body.decode(errors="replace"), None, None, prompt_tokens, completion_tokens)
    return code if isinstance(code, int) else None, unread if was_written else None


def _letters(text: str) -> str:
    """Return the letters and digits of `text`, percent-decoded and case-folded."""
    return "".join(filter(str.isalnum, unquote(text).casefold()))
