"""The template cache: compiled templates are used again only for the same source, program and language."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment
from jinja2.bccache import bc_magic

from daily_papers.site.cache.template_cache import TemplateCache
from tests.factories import render_archive, site_context


def render(folder: Path, source: str, made_of: str = "a program", compiled: list[str] | None = None) -> str:
    """Return the output of the template `source`; add it to `compiled` if it had to be compiled."""

    class RecordingEnvironment(Environment):
        def compile(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
            (compiled if compiled is not None else []).append(source)
            return super().compile(*arguments, **named)  # type: ignore[call-overload]

    loader = DictLoader({"page.html": source})
    environment = RecordingEnvironment(loader=loader, bytecode_cache=TemplateCache(folder, made_of))
    return environment.get_template("page.html").render()


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    compiled: list[str] = []
    for _ in range(3):
        assert render(tmp_path / "cache", "{{ 1 + 1 }}", compiled=compiled) == "2"
    assert len(compiled) == 1


@pytest.mark.parametrize(("source", "made_of"), [("{{ 1 + 2 }}", "a program"), ("{{ 1 + 1 }}", "another")])
def test_another_source_or_program_is_compiled_again(tmp_path: Path, source: str, made_of: str) -> None:
    render(tmp_path, "{{ 1 + 1 }}")
    compiled: list[str] = []
    assert render(tmp_path, source, made_of, compiled) == str(eval(source[3:-3]))  # a sum written above
    assert compiled


def test_each_language_has_compiled_templates_of_its_own(tmp_path: Path) -> None:
    """Translations are inserted when a template is compiled, and are not part of its source."""
    for number, language in enumerate(("ko", "en", "ko", "en")):
        cached = site_context(languages=[language], template_cache=tmp_path / "cache")
        compiled_now = site_context(languages=[language], template_cache=tmp_path / f"empty {number}")
        assert render_archive(cached) == render_archive(compiled_now)


@pytest.mark.parametrize("content", [b"", b"j2", b"\x00" * 500, bc_magic, bc_magic + b"\x80", bc_magic + b"\x80\x04"])
def test_a_damaged_file_is_compiled_again(tmp_path: Path, content: bytes) -> None:
    render(tmp_path, "{{ 1 + 1 }}")
    (cached,) = tmp_path.iterdir()
    cached.write_bytes(content)
    assert render(tmp_path, "{{ 1 + 1 }}") == "2"


def test_a_folder_that_cannot_be_created_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    assert render(tmp_path / "a file", "{{ 1 + 1 }}") == "2"
    assert render(tmp_path / "a file/below", "{{ 1 + 1 }}") == "2"
