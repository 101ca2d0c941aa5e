"""The Content-Security-Policy of whole sites: what mkdocs.yml and other plugins ask for is allowed and reported."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from tests.factories import store_titles
from tests.sites import build_site, make_site

MONDAY = dt.date(2026, 7, 13)
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')


def policy_of(path: Path) -> dict[str, list[str]]:
    """Return the sources of each directive of a built page."""
    found = POLICY.findall(path.read_text("utf-8"))
    assert len(found) == 1
    return {name: sources for name, *sources in (part.split() for part in found[0].split("; "))}


ADDING_HOOK = """
def on_post_page(output, page, config):
    return output.replace("</body>", '<script src="https://late.example/a.js"></script><script>late()</script></body>')
"""


@pytest.mark.parametrize("has_hook", [True, False])
def test_pages_allow_what_mkdocs_yml_and_hooks_put_into_them(tmp_path: Path, has_hook: bool) -> None:
    site = make_site(
        tmp_path,
        {"fetch": "never", "policy_hosts": ["*.wanted.example"]},
        theme={"name": "material"},
        extra_javascript=["https://scripts.example/a.js"],
        extra_css=["https://styles.example/a.css", "own.css"],
        extra={"analytics": {"provider": "google", "property": "G-1"}},
        hooks=["adding.py"] if has_hook else [],
    )
    (site / "adding.py").write_text(ADDING_HOOK)
    (site / "docs/own.css").write_text("@import url('https://imported.example/a.css');")
    (site / "docs/mine.md").write_text("# Mine\n\n![a picture](https://pictures.example/a.png)\n")
    for number in range(8):
        store_titles(site / "docs", MONDAY + dt.timedelta(days=number), "One")
    log = build_site(site)
    for name in ("mine", "2026/07/13", "2026/07/20", "archive", "."):
        allowed = policy_of(site / "site" / name / "index.html")
        assert "https://scripts.example" in allowed["script-src"]
        assert "https://www.googletagmanager.com" in allowed["script-src"]
        assert {"https://styles.example", "https://imported.example"} < set(allowed["style-src"])
        assert "https://fonts.gstatic.com" in allowed["font-src"]
        assert "https://*.google-analytics.com" in allowed["connect-src"]
        assert "https://*.wanted.example" in allowed["frame-src"]
        assert ("https://late.example" in allowed["script-src"]) == has_hook
        assert ("https://pictures.example" in allowed["img-src"]) == (name == "mine")
    (said,) = re.findall(r"The Content-Security-Policy of pages allows: (.*)", log)
    for host in ("scripts.example", "styles.example", "fonts.gstatic.com", "*.wanted.example"):
        assert f"https://{host}" in said
    assert ("https://late.example" in said) == has_hook


def test_a_site_that_loads_nothing_from_elsewhere_says_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    store_titles(site / "docs", MONDAY, "One")
    assert "Content-Security-Policy" not in build_site(site)
    assert "connect-src" not in policy_of(site / "site/index.html")
