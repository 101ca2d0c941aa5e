"""Jinja as our templates need it: every text escaped, and nothing done a thousand times that is always the same.

Templates of ours in, compiled templates out. What they are filled with is `render`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.nodes import Expr
from markupsafe import Markup

TEMPLATES = [Path(__file__).parent / folder for folder in ("pages", "components", "feeds")]

# `{{ t["key"] }}` and `{{ named("attribute", "key") }}`: what no page, row or paper makes different.
_SAID = re.compile(r'\{\{ (?:t\["(?P<key>\w+)"\]|named\("(?P<attribute>[\w-]+)", "(?P<name>\w+)"\)) \}\}')


def make_environment(known: dict[str, Any], compiled: BytecodeCache | None = None) -> Environment:
    """Return an environment whose templates know what is `known`, by name: among it `t` and `named` of an
    MultilingualMessages.

    Templates that are `compiled` need not be compiled again.
    """
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=[_Said],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a preview makes a new one for each build
        bytecode_cache=compiled,
    )
    environment.globals.update(known)
    environment.filters["xml"] = _escape_xml
    return environment


# What makes HTML of a plain text inside MarkupSafe; `escape` makes a Markup of it, too.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def _escaped(value: object) -> str:
    """Return `value` as `escape` does, but for the type: what a template writes at once need not be a Markup."""
    if type(value) is str:
        return _escape_text(value)
    return value if type(value) is Markup else markupsafe.escape(value)


def _escape_xml(text: str) -> Markup:
    """Return `text` as what stands between tags of XML, where quotes need no escaping: HTML is full of them."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704


class _Code(CodeGenerator):
    """Compiles templates to escape by `_escaped`: a page of papers writes a thousand texts, a tenth of its time."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Environment(Environment):
    """Jinja without its second guess: what templates get are objects or mappings, and each is written as it is.

    Jinja tries `a.b` as an attribute, then as an item; a page of papers asks a thousand times.
    """

    code_generator_class = _Code

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a template's globals as a dict: each page copies Jinja's own, a chain of two, several times."""
        return {**self.globals, **(d or {})}

    getattr = staticmethod(getattr)  # type: ignore[assignment]  # C's own takes any object, as Jinja's does
    escaped = staticmethod(_escaped)


class _Said(Extension):
    """Writes the interface's fixed texts into a template before it is compiled: a page of papers says hundreds."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return `source` with its fixed texts in place."""
        return _SAID.sub(self._say, source)

    def _say(self, place: re.Match[str]) -> str:
        known: Any = self.environment.globals
        said: Markup = known["t"][place["key"]] if place["key"] else known["named"](place["attribute"], place["name"])
        return place[0] if "{" in said else said  # what Jinja would read is left to it
