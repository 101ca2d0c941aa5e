"""Jinja environment: autoescape, translations applied at compile time."""

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

# `{{ t["key"] }}` and `{{ named("attribute", "key") }}`: texts that are the same on every page.
_FIXED_TEXT = re.compile(r'\{\{ (?:t\["(?P<key>\w+)"\]|named\("(?P<attribute>[\w-]+)", "(?P<name>\w+)"\)) \}\}')


def make_environment(variables: dict[str, Any], compiled: BytecodeCache | None = None) -> Environment:
    """Return an environment whose templates have `variables`, among them `t` and `named` of MultilingualMessages.

    `compiled` is the cache of compiled templates.
    """
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=[_FixedTexts],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a preview makes a new one for each build
        bytecode_cache=compiled,
    )
    environment.globals.update(variables)
    environment.filters["xml"] = _escape_xml
    return environment


# MarkupSafe's function that escapes a string; `escape` also wraps the result in a Markup.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def _escaped(value: object) -> str:
    """Return `value` escaped, as a plain string where possible: a template writes it at once and needs no Markup."""
    if type(value) is str:
        return _escape_text(value)
    return value if type(value) is Markup else markupsafe.escape(value)


def _escape_xml(text: str) -> Markup:
    """Return `text` escaped as the content of an XML element, where quotes stay as they are: HTML has many of them."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704


class _FastEscapeGenerator(CodeGenerator):
    """Compiles templates to escape with `_escaped`: a page of papers writes a thousand texts, a tenth of its time."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Environment(Environment):
    """Jinja environment in which `a.b` is an attribute and `a["b"]` an item, never the other.

    Jinja tries both, which a page of papers does a thousand times.
    """

    code_generator_class = _FastEscapeGenerator

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a template's globals as a dict: Jinja's chain of two maps is copied several times a page."""
        return {**self.globals, **(d or {})}

    getattr = staticmethod(getattr)  # type: ignore[assignment]  # the built-in takes any object, as Jinja's does
    escaped = staticmethod(_escaped)


class _FixedTexts(Extension):
    """Inserts the interface's fixed texts before a template is compiled: a page of papers has hundreds."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return `source` with its fixed texts inserted."""
        return _FIXED_TEXT.sub(self._translate, source)

    def _translate(self, match: re.Match[str]) -> str:
        variables: Any = self.environment.globals
        if match["key"]:
            text: Markup = variables["t"][match["key"]]
        else:
            text = variables["named"](match["attribute"], match["name"])
        return match[0] if "{" in text else text  # a brace would be template syntax
