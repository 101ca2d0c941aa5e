"""Small real sites for tests: written to a folder, built by a real MkDocs in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from selectolax.lexbor import LexborHTMLParser

REPOSITORY = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9"
"""An endpoint nobody listens at."""


def make_site(folder: Path, options: Mapping[str, object] | None = None, **config: object) -> Path:
    """Write mkdocs.yml and an empty docs folder; return `folder`. `options` are the plugin's; `search` is off."""
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    settings = {
        "site_name": "A test",
        "site_url": "https://papers.example/archive/",
        "theme": {"name": "material", "font": False},
        "plugins": [{"daily-papers": {"search": False, **(options or {"fetch": "never"})}}],
        **config,
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
    return folder


def build(
    site: Path, *arguments: str, command: str = "mkdocs", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Build `site` and return the finished process, whose `stderr` is the log."""
    return subprocess.run(
        [sys.executable, "-m", command, "build", *arguments],
        cwd=site,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "HF_ENDPOINT": NOWHERE, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def page(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text("utf-8"))


def broken_links(built: Path) -> Iterator[str]:
    """Yield each address in a page of `built` that is of the site and leads to no file or element in it."""
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
            if not target.is_file() or (
                parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]
            ):
                yield f"{path.relative_to(built)}: {address}"
