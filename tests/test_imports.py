"""The rules of who may import whom in the package; CONTRIBUTING draws them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sites import REPOSITORY

PACKAGE = REPOSITORY / "plugins/daily_papers"

LAYERS = (
    {"cli"},
    {"mkdocs_plugin"},
    {"site"},
    {"search", "jobs"},
    {"index", "summaries", "formats", "sources"},
    {"archive", "net"},
    {"model"},
    {"errors"},
)
"""From the top down; a module imports from its own package and from lower layers."""

FORBIDDEN = {"site": {"jobs", "net"}}
"""Lower packages that a package may not import all the same: a site is rendered from what is stored."""

ALIASES = {"plugin.py", "announce.py", "publishing.py"}
"""Modules that only pass on a name that installed sites and workflows use."""

LIBRARIES = {
    "mkdocs": {"mkdocs_plugin", "cli"},
    "click": {"cli"},
    "rich": {"cli"},
    "jinja2": {"site", "mkdocs_plugin"},
    "markupsafe": {"site", "mkdocs_plugin"},
    "httpx": {"net"},
    "socket": {"net"},
    "ssl": {"net"},
    "urllib.request": {"net"},
    "http.client": {"net"},
    "smtplib": {"net"},
    "ftplib": {"net"},
}
"""The packages that may import each library."""

WRITERS = {"archive", "jobs"}
"""The packages that may write below the archive's folder."""
WRITING = re.compile(r"write_\w+|replace_atomically|remove\w*|quarantine|archive_lock")
"""Functions of `archive` that change files below the archive's folder."""
OTHER_WRITERS = {
    "search/korean.py": {"write_atomically"},
    "cli/publish_guard.py": {"write_atomically"},
    "site/attach/site_files.py": {"write_atomically", "remove", "remove_stale_temp_files"},
}
"""Modules that may import these: they write a cache, the figures of the last built site, and files of a built site."""

LIBRARY_ATTRIBUTES = {
    "cli/safe_output.py": {"stdout", "stderr"},
    "mkdocs_plugin/safe_log.py": {"msg", "args"},
    "cli/main.py": {"obj", "propagate"},
    "mkdocs_plugin/build.py": {"bytecode_cache"},
    "mkdocs_plugin/header_search.py": {"loader"},
    "mkdocs_plugin/page_shell.py": {"title", "body", "head", "canonical_url", "update_date", "meta"},
    "mkdocs_plugin/page_writer.py": {"active"},
    "mkdocs_plugin/pages.py": {"abs_src_path"},
    "mkdocs_plugin/plugin.py": {"type"},
    "site/jinja_env.py": {"filters"},
    "sources/feed_xml.py": {"text"},
}
"""Attributes that a module sets on objects of a library, as its interface is, or on its own copy of a page."""


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).as_posix() not in ALIASES]


def imports(source: str) -> Iterator[tuple[str, str]]:
    """Yield each imported module and, of `from MODULE import NAME`, the name. A relative import yields `.`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield ".", ""
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                is_module = (PACKAGE.parent / module.replace(".", "/")).with_suffix(".py").is_file()
                is_package = (PACKAGE.parent / module.replace(".", "/")).is_dir()
                yield (module, "") if is_module or is_package else (node.module, alias.name)


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def violations(path: Path, source: str) -> list[str]:
    """Return each import of `source`, a module at `path`, that the rules forbid."""
    own = package_of(path)
    found = []
    for module, name in imports(source):
        if module == ".":
            found.append("relative imports are not checked: write the whole name")
        if module.startswith("daily_papers."):
            other = module.split(".")[1]
            if other != own and other not in below(own) - FORBIDDEN.get(own, set()):
                found.append(f"{module} is above or beside {own}")
            is_allowed = own in WRITERS or name in OTHER_WRITERS.get(path.relative_to(PACKAGE).as_posix(), ())
            if other == "archive" and WRITING.fullmatch(name) and not is_allowed:
                found.append(f"{name} writes to the archive")
            folder = path.parent.relative_to(PACKAGE).as_posix()
            if folder == "site/components" and module.startswith("daily_papers.site.pages"):
                found.append(f"{module} is a page, imported by a component")
            if folder == "site/pages" and module.startswith("daily_papers.site.pages"):
                found.append(f"{module}.{name} is a page, imported by another")
        for library, allowed in LIBRARIES.items():
            if (module == library or module.startswith(f"{library}.")) and own not in allowed:
                found.append(f"{module} is for {', '.join(sorted(allowed))} only")
    return found


def below(package: str) -> set[str]:
    """Return the packages below `package`; the package itself, at the root, may import nothing."""
    rank = next((rank for rank, layer in enumerate(LAYERS) if package in layer), len(LAYERS))
    return set().union(*LAYERS[rank + 1 :])


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_the_layers_allow(path: Path) -> None:
    assert violations(path, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("model/records.py", "from daily_papers.archive.day_files import read_day"),
        ("search/records.py", "from daily_papers.jobs.fetch import fetch_archive"),
        ("site/load.py", "from daily_papers.mkdocs_plugin import plugin"),
        ("index/people.py", "from daily_papers import jobs"),
        ("index/people.py", "from ..jobs.fetch import fetch_archive"),
        ("site/pages/home.py", "from daily_papers.site import pages"),
        ("site/pages/home.py", "from daily_papers.site.pages import day"),
        ("site/pages/home.py", "from . import day"),
        ("site/components/ranking_rows.py", "from daily_papers.site import pages"),
        ("site/components/ranking_rows.py", "from daily_papers.site.pages import topics"),
        ("site/pages/home.py", "from daily_papers.site.pages.day import render"),
        ("mkdocs_plugin/plugin.py", "import click"),
        ("jobs/fetch.py", "import httpx"),
        ("index/people.py", "from markupsafe import escape"),
        ("cli/main.py", "from daily_papers.archive.day_files import write_day"),
    ],
)
def test_an_import_against_the_layers_is_found(module: str, line: str) -> None:
    assert violations(PACKAGE / module, f"{line}\n")


def attribute_targets(node: ast.AST) -> Iterator[ast.Attribute]:
    """Yield each attribute that `node` sets or deletes on an object other than `self` and `cls`."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            owner = part
            while isinstance(owner, ast.Subscript):
                owner = owner.value
            if isinstance(owner, ast.Attribute) and ast.unparse(owner.value) not in ("self", "cls"):
                yield owner


def own_attributes(tree: ast.Module) -> set[str]:
    """Return the attributes that the classes of a module declare, or set on `self`."""
    names: set[str] = set()
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef):
            declared: list[ast.expr] = [part.target for part in one.body if isinstance(part, ast.AnnAssign)]
            declared += [target for part in one.body if isinstance(part, ast.Assign) for target in part.targets]
            names |= {target.id for target in declared if isinstance(target, ast.Name)}
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and ast.unparse(one.value) == "self":
            names.add(one.attr)
    return names


def changes_from_outside(path: Path, source: str) -> list[str]:
    """Return each attribute that `source`, a module at `path`, sets on an object of another module."""
    tree = ast.parse(source)
    allowed = own_attributes(tree) | LIBRARY_ATTRIBUTES.get(path.relative_to(PACKAGE).as_posix(), set())
    return [
        f"line {target.lineno}: {ast.unparse(target)} is set outside its own module"
        for node in ast.walk(tree)
        for target in attribute_targets(node)
        if target.attr not in allowed
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_changes_no_object_of_another_module(path: Path) -> None:
    source = path.read_text("utf-8")
    assert changes_from_outside(path, source) == []
    assert not re.search(r"\bsetattr\(", source)


@pytest.mark.parametrize("line", ["site.mirror = 1", "site.days[0] = 1", "site.a.b, x = 1, 2", "del page.y"])
def test_a_change_from_outside_is_found(line: str) -> None:
    assert changes_from_outside(PACKAGE / "site/load.py", f"{line}\n")
