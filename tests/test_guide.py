"""The guide, docs/guide/, and the README match the package: options, commands, fields, numbers, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
import yaml
from markdown.extensions.toc import slugify  # type: ignore[import-untyped]

from daily_papers.archive.curation import CURATION, read_curation
from daily_papers.archive.topics import TOPICS, read_taxonomy
from daily_papers.cli.main import main
from daily_papers.index.rankings import SETTLED_DAYS, SETTLED_VOTES
from daily_papers.mkdocs_plugin.config import MAX_AT_ONCE, MAX_REFRESH_DAYS, DailyPapersConfig
from daily_papers.model import records
from daily_papers.model.json_schema import json_schema
from daily_papers.model.records import Day
from daily_papers.site.feeds.feeds import DAYS, ORGANIZATION_PAPERS, PAPERS, SETTLED, TOPIC_PAPERS
from tests.sites import REPOSITORY

GUIDE = REPOSITORY / "docs/guide"
PAGES = sorted(GUIDE.glob("*.md"))
TEXTS = [*PAGES, REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"]
BLOB = "https://github.com/mkdocs-daily-papers/mkdocs-daily-papers/blob/main/"

OTHER_NAMES = {r"\bdigests?\b": "day log", r"\bfilms?\b": "video", r"\bupvotes?\b(?! as last)": "votes"}
"""Words that a reader might take for another thing, and the guide's word for it."""


def of_page(page: Path) -> str:
    return page.name


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row whose first cell is code."""
    return [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in text.splitlines() if line.startswith("| `")]


def section(text: str, heading: str, level: str = "##") -> str:
    return text.partition(f"\n{level} {heading}\n")[2].partition(f"\n{level} ")[0]


def read(name: str) -> str:
    return (GUIDE / name).read_text("utf-8")


def defaults(options: Any) -> dict[str, object]:
    return {key: dict(value) if hasattr(value, "_schema") else value for key, value in options.items()}


def loaded(settings: dict[str, object]) -> DailyPapersConfig:
    config = DailyPapersConfig()
    config.load_dict(settings)
    errors, warnings = config.validate()
    assert not errors
    assert not warnings
    return config


def stated_defaults(table: str) -> dict[str, object]:
    """Return key and default of each row. A default that is not code stays text."""
    return {
        key.strip("`"): yaml.safe_load(default.strip("`")) if default[0] == "`" else default
        for key, default, *_ in rows(table)
    }


def test_the_options_page_lists_each_option_with_its_default() -> None:
    plugin, _, summaries = section(read("options.md"), "The plugin").partition("Below `summaries`:")
    config = loaded({})
    assert list(stated_defaults(plugin)) == [key for key, _ in DailyPapersConfig._schema]
    assert stated_defaults(plugin) == {**defaults(config), "summaries": "off"}
    assert stated_defaults(summaries) == {key: defaults(config.summaries)[key] for key in stated_defaults(summaries)}
    assert set(stated_defaults(summaries)) == set(config.summaries)


def test_the_options_page_states_the_bounds_of_numbers() -> None:
    assert f"0 to {MAX_REFRESH_DAYS}" in read("options.md")
    assert f"1 to {MAX_AT_ONCE}" in read("options.md")


def test_the_options_page_lists_each_environment_variable_that_is_read() -> None:
    package = REPOSITORY / "plugins/daily_papers"
    sources = "".join(path.read_text("utf-8") for path in sorted(package.rglob("*.py")))
    read_there = set(re.findall(r'"((?:HF|OPENAI|DAILY_PAPERS)_[A-Z_]+)"', sources))
    nightly = (package / "cli/nightly.sh").read_text("utf-8")
    read_there |= set(re.findall(r"\$\{(DAILY_PAPERS_[A-Z_]+)", nightly))
    listed = [cells[0].strip("`") for cells in rows(section(read("options.md"), "Environment"))]
    assert sorted(listed) == sorted(read_there)


def type_in_words(schema: dict[str, Any]) -> str:
    match schema:
        case {"enum": [one]}:
            return str(one)
        case {"enum": [*others, last]}:
            return f"{', '.join(f'`{value}`' for value in others)} or `{last}`"
        case {"$ref": reference}:
            name = reference.rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"type": "array", "prefixItems": parts}:
            return f"[{', '.join(map(type_in_words, parts))}]"
        case {"type": "array", "items": items}:
            return f"list of {type_in_words(items)}"
        case {"type": "object", "additionalProperties": values}:
            return f"by language: {type_in_words(values)}"
        case {"format": kind}:
            return {"date": "date", "date-time": "instant"}[kind]
        case {"type": kind}:
            return {"string": "text", "integer": "number", "boolean": "true or false"}[kind]
    raise AssertionError(schema)


def test_the_record_page_has_exactly_the_parts_fields_and_types_of_the_schema() -> None:
    schema = json_schema(Day, module=records, address="day.json", title="A day")
    written = {
        heading: {cells[0].strip("`"): cells[1] for cells in rows(section(read("record.md"), heading))}
        for heading in re.findall(r"^## ([A-Z]\w+)$", read("record.md"), re.MULTILINE)
    }
    assert written == {
        name: {
            field: type_in_words(value) + (", always" if field in part.get("required", ()) else "")
            for field, value in part["properties"].items()
        }
        for name, part in schema["$defs"].items()
    }


def test_the_example_on_the_record_page_is_a_record() -> None:
    (example,) = blocks(read("record.md"), "json")
    assert msgspec.json.decode(example.encode(), type=Day).date.isoformat() == "2024-03-01"


def calls(text: str) -> Iterator[list[str]]:
    """Yield the words after `daily-papers` of each call, in a code block or inline code."""
    shell = "\n".join(blocks(text, "bash"))
    for line in (*shell.splitlines(), *re.findall(r"`([^`\n]+)`", without_blocks(text))):
        if line.startswith("daily-papers "):
            yield line.partition("#")[0].split()[1:]


def flags(command: click.Command) -> set[str]:
    return {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("page", TEXTS, ids=of_page)
def test_each_command_on_the_pages_exists_with_its_flags(page: Path) -> None:
    for words in calls(page.read_text("utf-8")):
        if words[0] == "COMMAND":
            continue
        assert words[0] in main.commands, words
        command = main.commands[words[0]]
        assert {word for word in words if word.startswith("-")} <= flags(command), words
        formats = [parameter.type for parameter in command.params if parameter.name == "form"]
        for word, value in pairwise(words):
            if word == "--format":
                assert value in formats[0].choices  # type: ignore[attr-defined]


def test_each_flag_named_without_a_command_belongs_to_one() -> None:
    known = set().union(*map(flags, (main, *main.commands.values())))
    for page in PAGES:
        for flag in re.findall(r"`(--?[a-z][a-z-]*)`", without_blocks(page.read_text("utf-8"))):
            assert flag in known, f"{page.name}: {flag}"


def test_the_commands_page_lists_each_command() -> None:
    listed = {cells[0].split()[1].strip("`") for cells in rows(read("commands.md")) if "daily-papers" in cells[0]}
    assert listed == {name for name, command in main.commands.items() if not command.hidden}


@pytest.mark.parametrize("page", TEXTS, ids=of_page)
def test_the_options_in_each_example_are_valid(page: Path) -> None:
    for block in blocks(page.read_text("utf-8"), "yaml"):
        for entry in yaml.safe_load(block).get("plugins", ()):
            if isinstance(entry, dict):
                loaded(entry["daily-papers"])


def test_the_examples_of_a_curation_and_of_topics_are_valid(tmp_path: Path) -> None:
    for page, name in (("curation.md", CURATION), ("topics.md", TOPICS)):
        (tmp_path / name).write_text(blocks(read(page), "yaml")[0], "utf-8")
    assert len(read_curation(tmp_path).corrections) == 3
    assert [topic.slug for topic in read_taxonomy(tmp_path).topics] == ["robotics"]


def test_the_feeds_page_states_the_numbers_of_the_feeds() -> None:
    text = read("feeds.md")
    for number in (DAYS, PAPERS, SETTLED, TOPIC_PAPERS, ORGANIZATION_PAPERS):
        assert f"the newest {number}" in text
    assert SETTLED_DAYS == 2
    assert f"two days after it was first listed, if it has {SETTLED_VOTES} votes" in text


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_blocks(page.read_text("utf-8")), re.MULTILINE)
    return {slugify(heading, "-") for heading in headings}


@pytest.mark.parametrize("page", TEXTS, ids=of_page)
def test_each_link_to_a_file_of_the_repository_leads_to_that_file_and_heading(page: Path) -> None:
    for address in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page.read_text("utf-8"))):
        path, _, anchor = address.removeprefix(BLOB).partition("#")
        if "://" in path:
            continue
        target = (REPOSITORY if address.startswith(BLOB) else page.parent) / path if path else page
        assert target.is_file(), address
        assert not anchor or anchor in anchors(target), address


def test_each_page_of_the_guide_is_in_the_nav_and_in_the_readme() -> None:
    config = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text("utf-8"))
    (named,) = [entry["Guide"] for entry in config["nav"] if isinstance(entry, dict)]
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert sorted(named) == [f"guide/{page.name}" for page in PAGES]
    assert [name for name in named if f"(docs/{name})" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_the_guide_has_one_name_for_each_thing(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", without_blocks(page.read_text("utf-8")))
    for other, name in OTHER_NAMES.items():
        assert not re.search(other, prose, re.IGNORECASE), f"write {name}"
