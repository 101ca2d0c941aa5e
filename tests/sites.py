"""Small real sites for tests: written to a folder, built by a real MkDocs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from selectolax.lexbor import LexborHTMLParser

from tests.network_guard.guard import child_environment
from tests.processes import LIMIT_S, run_process
from tests.session import shared_templates
from tests.warm_python import WarmPython, can_fork

REPOSITORY = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9"
"""An endpoint where nothing listens: a connection is refused at once."""

_warm_python = WarmPython()


def make_site(folder: Path, options: Mapping[str, object] | None = None, **config: object) -> Path:
    """Write mkdocs.yml and an empty docs folder; return `folder`. `options` are the plugin's; `search` is off.

    All sites of a test session share their compiled templates, in .cache.
    """
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    share_templates(folder, options or {})
    settings = {
        "site_name": "A test",
        "site_url": "https://papers.example/archive/",
        "theme": {"name": "material", "font": False},
        "plugins": [{"daily-papers": {"search": False, **(options or {"fetch": "never"})}}],
        **config,
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
    return folder


def share_templates(site: Path, options: Mapping[str, object]) -> None:
    """Let the builds of `site` use the session's compiled templates, as if an earlier build had compiled them."""
    cache = site / ".cache/daily-papers"
    templates = shared_templates("build", options.get("languages"), options.get("source"))
    if templates and not cache.exists():
        templates.mkdir(parents=True, exist_ok=True)
        cache.mkdir(parents=True)
        (cache / "templates").symlink_to(templates)


def build(
    site: Path, *arguments: str, command: str = "mkdocs", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Build `site` in a process of its own and return that, whether it failed or not; `stderr` is the log."""
    return run_module(command, "build", *arguments, folder=site, environment=environment)


def build_site(site: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Build `site` with --strict and return the log; fail with the log if the build fails."""
    done = build(site, "--strict", *arguments, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stderr


def run_module(
    module: str, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` in `folder`, with an upstream that refuses connections unless `environment` names one.

    The process is a fork of one that has imported the libraries, unless `environment` has variables that Python reads
    only when it starts.
    """
    variables = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "HF_ENDPOINT": NOWHERE, **(environment or {})}
    variables = child_environment(variables)
    if can_fork(variables):
        return _warm_python.run(module, arguments, folder=folder, environment=variables, limit_s=LIMIT_S)
    return run_process([sys.executable, "-m", module, *arguments], cwd=folder, env=variables)


def page(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text("utf-8"))


def broken_links(built: Path) -> Iterator[str]:
    """Yield each link in a page of `built` that stays on the site and leads to no file or element of it.

    The fragment of a link to the authors page is a name, which scripts read.
    """
    pages = {path: page(path) for path in built.rglob("*.html") if path.name != "404.html"}
    ids = {path: {node.attributes["id"] for node in tree.css("[id]")} for path, tree in pages.items()}
    for path, tree in pages.items():
        for node in tree.css("[href], [src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or node.tag == "base":
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            target = target / "index.html" if target.is_dir() else target
            has_id = parts.fragment and target in ids and target.parent.name != "authors"
            if not target.is_file() or (has_id and unquote(parts.fragment) not in ids[target]):
                yield f"{path.relative_to(built)}: {address}"
