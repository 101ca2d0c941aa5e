"""A chat with a model behind any OpenAI-compatible endpoint: messages go in, what it wrote and took comes out.

Learns what the endpoint understands: JSON Schema where it takes one, else JSON mode, else plain text. Requests, retries
and secrets are `http`'s; what the text is worth is for `answer` and `gates` to tell.
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
"""What messages call the upstream."""

ATTEMPTS = 3
UNSTATED_WAIT_S = 15.0
"""After a 429 that names no wait, as Google's; it counts in minutes."""
LONGEST_WAIT_S = 130.0
"""Free plans count in minutes; a longer wait is left to the next run."""
MAX_BYTES = 2**20
FEWEST_KEY_LETTERS = 8
"""A shorter key is a placeholder for an endpoint that needs none, and stands in many a word."""

FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": {"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": SCHEMA}}},
    {"response_format": {"type": "json_object"}},
    {},
)
"""How an answer's form is asked for, the strictest first."""

_log = logging.getLogger("daily_papers")


class Completion(msgspec.Struct, frozen=True):
    """What came of one call. Tokens are None where the endpoint does not say."""

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
    """One model at one endpoint. It may be asked several times at once."""

    def __init__(self, client: Client, model: str, *, secret: str | None) -> None:
        self._client, self._model = client, model
        letters = _letters(secret or "")
        self._secret = letters if len(letters) >= FEWEST_KEY_LETTERS else ""
        self._form = 0
        self._limit_name = "max_tokens"

    def repeats_key(self, text: str) -> bool:
        """Tell whether `text` holds the API key, in whatever letters, and with whatever signs between them."""
        return bool(self._secret) and self._secret in _letters(text)

    async def complete(self, messages: Sequence[Message], *, max_tokens: int) -> Completion:
        """Return what the model answers to `messages`, in at most `max_tokens`.

        A form the endpoint does not take (HTTP 400, 422) is given up for the next one; which one it took is kept for
        later calls. Raises FetchError, ParseError.
        """
        for form in range(self._form, len(FORMS)):
            try:
                completion = await self._ask(messages, form, max_tokens)
            except FetchError as e:
                if e.status not in (400, 422) or form == len(FORMS) - 1:
                    raise
                continue
            if form > self._form:
                _log.info("%s: the endpoint does not take %s; asking in a plainer form", NAME, _form_name(self._form))
                self._form = form
            return completion
        raise AssertionError("unreachable")

    async def _ask(self, messages: Sequence[Message], form: int, max_tokens: int) -> Completion:
        limit_name = self._limit_name
        body = {"model": self._model, "messages": messages, limit_name: max_tokens, **FORMS[form]}
        try:
            return await self._client.post(PATH, body, self._read)
        except FetchError as e:
            if e.status != 400 or limit_name != "max_tokens" or "max_completion_tokens" not in e.reason:
                raise
        self._limit_name = "max_completion_tokens"  # what OpenAI's newer models want instead
        return await self._ask(messages, form, max_tokens)

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
    """Yield the endpoint that OPENAI_BASE_URL and OPENAI_API_KEY name, OpenAI's own without the first.

    A call that has no whole answer after `call_s` seconds is given up.

    Raises SettingError if there is no key for OpenAI's own, or the address is none.
    """
    base_url = (os.environ.get("OPENAI_BASE_URL") or OPENAI_ENDPOINT).strip()
    secret = (os.environ.get("OPENAI_API_KEY") or "").strip() or None
    if secret is None and base_url == OPENAI_ENDPOINT:
        raise SettingError(
            "no summaries: OPENAI_API_KEY is not set; set it, or OPENAI_BASE_URL for an endpoint that needs none"
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
        told = msgspec.json.decode(usage, type=_WireUsage)
    except msgspec.MsgspecError:
        return None, None
    return told.prompt_tokens, told.completion_tokens


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unquote(text).casefold()))


def _form_name(form: int) -> str:
    return str(FORMS[form]["response_format"]["type"])
