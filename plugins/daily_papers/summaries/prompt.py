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

from daily_papers.archive.yaml_files import YamlFileError, mapping_items, node_value, quote_value, read_yaml_file
from daily_papers.model.records import LANGUAGE_PATTERN
from daily_papers.summaries.response_parser import SCHEMA

OWN_PROMPTS = "prompts.yml"
"""A file in the archive's folder. It has precedence over the package's file of the same name."""
ANY_LANGUAGE = "any"
HASH_CHARS = 12
MAX_REPEATED_CHARS = 4000
"""The longest part of a refused answer that is repeated in the request for a new one."""

Message = dict[str, str]
_TEXT_TAG = "tag:yaml.org,2002:str"
_resolver = yaml.resolver.Resolver()


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
    return _read(root / OWN_PROMPTS)


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
    return read_yaml_file(path, _parse) or {}


def _parse(root: yaml.Node | None) -> dict[str, str]:
    items = mapping_items(root, "a text for each language code, as `ko: |` and the text below it") if root else ()
    return {_language(key): _text(key, value) for key, value in items}


def _language(key: yaml.ScalarNode) -> str:
    if key.value != ANY_LANGUAGE and not re.fullmatch(LANGUAGE_PATTERN, key.value):
        found = quote_value(key.value)
        raise YamlFileError(f"has {found}, expected a language code, as ko, or '{ANY_LANGUAGE}'", key)
    return str(key.value)


def _text(key: yaml.ScalarNode, value: yaml.Node) -> str:
    if not isinstance(value, yaml.ScalarNode) or not value.value.strip() or _is_other_type(value):
        raise YamlFileError(
            f"{key.value} is {quote_value(node_value(value))}: expected the instructions as a text", key
        )
    return str(value.value)


def _is_other_type(node: yaml.ScalarNode) -> bool:
    """Return True for a value without quotes that is a number, a date or a boolean in YAML."""
    tag: str = _resolver.resolve(yaml.ScalarNode, node.value, (True, False))  # type: ignore[no-untyped-call]
    return not node.style and tag != _TEXT_TAG
