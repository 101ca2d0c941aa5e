"""What a model is asked: the package's instructions or the site's own, and the paper as data not to be trusted.

A title and abstract go in, the messages of a chat come out. `version` and `input_hash` are what a kept summary says of
where it came from.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec
import yaml
from babel import Locale, UnknownLocaleError

from daily_papers.errors import ArchiveError
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.model.text import clean_line
from daily_papers.summaries.response_parser import SCHEMA

OWN_PROMPTS = "prompts.yml"
"""In the archive's folder: stands above the package's file of the same name."""
ANY_LANGUAGE = "any"
HASH_CHARS = 12
MAX_REPEATED_CHARS = 4000
"""Of an answer that was not kept, when it is asked for anew."""

Message = dict[str, str]


class Prompt(msgspec.Struct, frozen=True):
    """The instructions for one language."""

    text: str

    @property
    def version(self) -> str:
        """The beginning of the hash of everything a model is told but the paper."""
        return _hash(self.text, msgspec.json.encode(SCHEMA).decode())

    def messages(self, title: str, abstract: str) -> list[Message]:
        """Return the chat that asks for a summary."""
        # As JSON, the paper's text cannot end before its end, whatever it holds.
        paper = msgspec.json.encode({"title": title, "abstract": abstract}).decode()
        return [{"role": "system", "content": self.text}, {"role": "user", "content": paper}]


def correction(answer: str, fault: str) -> list[Message]:
    """Return what follows in a chat whose `answer` was not kept for `fault`."""
    return [
        {"role": "assistant", "content": answer[:MAX_REPEATED_CHARS] or "…"},
        {"role": "user", "content": f"This was not accepted. Write the whole answer anew. {fault}"},
    ]


def read_prompt(root: Path, language: str) -> Prompt:
    """Return the instructions for `language`: the site's own in `root`/prompts.yml, or the package's.

    Raises ArchiveError if the site's file is not a mapping of texts.
    """
    own = read_prompts(root)
    text = own.get(language) or own.get(ANY_LANGUAGE) or _packaged()[ANY_LANGUAGE]
    return Prompt(text.replace("{language}", language_in_english(language)).replace("{code}", language).strip())


def read_prompts(root: Path) -> dict[str, str]:
    """Return the site's own instructions by language code, empty if it has none.

    Raises ArchiveError if they do not read, or stand where, or for what, nobody would look for them.
    """
    path = root / OWN_PROMPTS
    if (other := path.with_suffix(".yaml")).exists():
        raise ArchiveError(f"is not read under this name; rename it to {OWN_PROMPTS}", path=other)
    prompts = _read(path)
    for key in prompts:
        if key != ANY_LANGUAGE and not re.fullmatch(LANGUAGE_PATTERN, key):
            raise ArchiveError(f"has {key!r}, expected a language code, as ko, or '{ANY_LANGUAGE}'", path=path)
    return prompts


def input_hash(title: str, abstract: str) -> str:
    """Return the beginning of the hash of what a summary is made from."""
    return _hash(title, abstract)


def language_in_english(code: str) -> str:
    """Return what English calls the language, or `code` where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:HASH_CHARS]


@cache
def _packaged() -> dict[str, str]:
    return _read(Path(__file__).parent / OWN_PROMPTS)


def _read(path: Path) -> dict[str, str]:
    try:
        prompts = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as e:  # of YAML's own, dates that are none
        raise ArchiveError(f"cannot be read: {clean_line(str(e))}", path=path) from e
    if prompts is None:
        return {}
    if not isinstance(prompts, dict) or not all(isinstance(text, str) for pair in prompts.items() for text in pair):
        raise ArchiveError("expected a text for each language code, as `ko: |` and the text below it", path=path)
    return prompts
