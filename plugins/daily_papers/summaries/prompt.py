"""The prompt: instructions of the package or of the site, and the paper as untrusted data.

It gives the messages of a chat for a title and an abstract. A stored summary has the prompt's `version` and the
`input_hash`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import yaml
from babel import Locale, UnknownLocaleError

from daily_papers.archive.file_io import read_file
from daily_papers.errors import ArchiveError
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.model.text import clean_line
from daily_papers.summaries.response_parser import SCHEMA

OWN_PROMPTS = "prompts.yml"
"""A file in the archive's folder. It has precedence over the package's file of the same name."""
ANY_LANGUAGE = "any"
HASH_CHARS = 12
MAX_REPEATED_CHARS = 4000
"""The longest part of a refused answer that is repeated in the request for a new one."""

Message = dict[str, str]


class Prompt(msgspec.Struct, frozen=True):
    """The instructions for one language."""

    text: str

    @property
    def version(self) -> str:
        """The beginning of a hash of the instructions and the schema."""
        return _hash(self.text, msgspec.json.encode(SCHEMA).decode())

    def messages(self, title: str, abstract: str) -> list[Message]:
        """Return the messages that request a summary."""
        # In JSON, no text of the paper can end the data early.
        paper = msgspec.json.encode({"title": title, "abstract": abstract}).decode()
        return [{"role": "system", "content": self.text}, {"role": "user", "content": paper}]


def merge_system(messages: Sequence[Message]) -> list[Message]:
    """Return `messages` with the instructions at the beginning of the user's first message, not as a system message."""
    system, user, *others = messages
    return [{"role": "user", "content": f"{system['content']}\n\n{user['content']}"}, *others]


def correction(answer: str, fault: str) -> list[Message]:
    """Return the next messages of a chat whose `answer` was refused because of `fault`."""
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

    Raises ArchiveError if the file cannot be read, has another name, or has a key that is no language code.
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
    """Return the beginning of a hash of a summary's input."""
    return _hash(title, abstract)


def language_in_english(code: str) -> str:
    """Return the English name of the language, or `code` if the language is unknown."""
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
        prompts = yaml.safe_load(read_file(path).decode("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as e:  # PyYAML raises ValueError for an invalid date
        raise ArchiveError(f"cannot be read: {clean_line(str(e))}", path=path) from e
    if prompts is None:
        return {}
    if not isinstance(prompts, dict) or not all(isinstance(text, str) for pair in prompts.items() for text in pair):
        raise ArchiveError("expected a text for each language code, as `ko: |` and the text below it", path=path)
    return prompts
