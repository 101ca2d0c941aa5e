"""Chat client for a model behind any OpenAI-compatible endpoint.

It requests the strictest response format that the endpoint accepts: JSON Schema, else JSON mode, else plain text.
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
from daily_papers.summaries.prompt import Message
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

_log = logging.getLogger("daily_papers")


class Completion(msgspec.Struct, frozen=True):
    """The result of one call. Tokens are None if the endpoint does not report them."""

    content: str
    finish_reason: str | None
    refusal: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


class _WireMessage(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _WireChoice(msgspec.Struct):
    message: _WireMessage
    finish_reason: str | None = None


class _WireCompletion(msgspec.Struct):
    choices: Annotated[list[_WireChoice], msgspec.Meta(min_length=1)]
    usage: msgspec.Raw = msgspec.Raw(b"null")


_Tokens = Annotated[int, msgspec.Meta(ge=0)]


class _WireUsage(msgspec.Struct):
    prompt_tokens: _Tokens
    completion_tokens: _Tokens


class Endpoint:
    """One model at one endpoint. Calls may run concurrently."""

    def __init__(self, client: Client, model: str, *, secret: str | None) -> None:
        self._client, self._model = client, model
        letters = _letters(secret or "")
        self._secret = letters if len(letters) >= MIN_KEY_LETTERS else ""
        self._format = 0
        self._limit_name = "max_tokens"

    def repeats_key(self, text: str) -> bool:
        """Return True if `text` contains the API key.

        Case is ignored, and so are characters between the key's letters and digits.
        """
        return bool(self._secret) and self._secret in _letters(text)

    async def complete(self, messages: Sequence[Message], *, max_tokens: int) -> Completion:
        """Return the model's answer to `messages`, with at most `max_tokens`.

        If the endpoint refuses a response format (HTTP 400 or 422), the next one is requested. Later calls begin with
        the accepted one. Raises FetchError, ParseError.
        """
        for index in range(self._format, len(RESPONSE_FORMATS)):
            try:
                completion = await self._request(messages, index, max_tokens)
            except FetchError as e:
                if e.status not in (400, 422) or index == len(RESPONSE_FORMATS) - 1:
                    raise
                continue
            if index > self._format:
                refused = RESPONSE_FORMATS[self._format]["response_format"]["type"]
                _log.info("%s: the endpoint does not accept %s; requesting a simpler format", NAME, refused)
                self._format = index
            return completion
        raise AssertionError("unreachable")

    async def _request(self, messages: Sequence[Message], index: int, max_tokens: int) -> Completion:
        """Send one request. `index` is that of the response format."""
        limit_name = self._limit_name
        body = {"model": self._model, "messages": messages, limit_name: max_tokens, **RESPONSE_FORMATS[index]}
        try:
            return await self._client.post(PATH, body, self._read)
        except FetchError as e:
            if e.status != 400 or limit_name != "max_tokens" or "max_completion_tokens" not in e.reason:
                raise
        self._limit_name = "max_completion_tokens"  # the name that OpenAI's newer models require
        return await self._request(messages, index, max_tokens)

    def _read(self, reply: Response) -> Completion:
        try:
            wire = msgspec.json.decode(reply.body, type=_WireCompletion)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
            what = self._client.quote_error(reply.body, reply.headers) or f"something else ({type(e).__name__})"
            raise ParseError(f"expected a chat completion, got {what}", source=NAME, url=reply.url) from e
        choice = wire.choices[0]
        content, refusal = choice.message.content or "", choice.message.refusal
        prompt_tokens, completion_tokens = _read_usage(wire.usage)
        return Completion(content, choice.finish_reason, refusal, prompt_tokens, completion_tokens)


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


def _read_usage(usage: msgspec.Raw) -> tuple[int | None, int | None]:
    try:
        reported = msgspec.json.decode(usage, type=_WireUsage)
    except msgspec.MsgspecError:
        return None, None
    return reported.prompt_tokens, reported.completion_tokens


def _letters(text: str) -> str:
    """Return the letters and digits of `text`, percent-decoded and case-folded."""
    return "".join(filter(str.isalnum, unquote(text).casefold()))
