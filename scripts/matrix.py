"""Builds a site beside each of many other MkDocs plugins, and opens its pages in Chromium; see `scripts/matrix`.

`--hosts` builds it with other tools than MkDocs, or in another theme; see `scripts/hosts`. Each plugin or tool has two
sites: one with the archive below `papers`, and one that is the archive as a whole, whose pages have a
Content-Security-Policy. A row of the table is right if the site builds without a warning, a date's page shows each of
its papers, the ledger is not published, and Chromium reports no error on six pages.
"""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, ConsoleMessage, Route, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.browser.chromium import LAUNCH_ARGUMENTS, find  # noqa: E402  # the repository's root is on no path

BUILD_S = 300
DATES = [f"2026/07/{day}" for day in (27, 28, 29, 31)]
DAY = DATES[-1]
LEDGER = "ledger.json"
PASSWORD = "correct horse battery staple"  # noqa: S105  # of the site that encrypts its pages, for this test only


@dataclass(frozen=True)
class Case:
    """A plugin or host, the package that brings it, its options in mkdocs.yml and the files it needs.

    `{archive}` in options and files is the folder of the archive, empty or with a final slash.
    """

    name: str
    package: str
    options: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = ("mkdocs", "build")
    is_plugin: bool = True
    is_encrypted: bool = False
    page_end: str = "/"
    theme: str = "material"
    frame: str = ""
    """The page of the built site that the archive is attached to; empty if the host runs the plugin."""
    expected: str = ""
    """The end of the addresses that are missing without the archive, too."""


I18N = {"languages": [{"locale": "en", "name": "English", "default": True}, {"locale": "ko", "name": "한국어"}]}
MONOREPO = {"nav": [{"About": "about.md"}, {"Dates": "{archive}archive.md"}, {"Part": "!include ./part/mkdocs.yml"}]}
GENERATE = 'import mkdocs_gen_files\nwith mkdocs_gen_files.open("made.md", "w") as f:\n    print("# Made", file=f)\n'
MATERIAL = "mkdocs-material"
# With a site_url other than the served address, Material looks for the sitemap of each language beside the page.
I18N_SITEMAP = "/sitemap.xml"
PICTURES = "*.huggingface.co/*"

CASES = (
    Case("none", "mkdocs", is_plugin=False),
    Case("rss", "mkdocs-rss-plugin"),
    Case(
        "i18n",
        "mkdocs-static-i18n",
        {"docs_structure": "suffix", **I18N},
        files={"docs/about.ko.md": "# 소개\n"},
        expected=I18N_SITEMAP,
    ),
    Case(
        "i18n",
        "mkdocs-static-i18n",
        {"docs_structure": "folder", **I18N},
        files={"docs/en/other.md": "# Other\n", "docs/ko/index.md": "# 첫 쪽\n", "docs/ko/other.md": "# 다른 쪽\n"},
        expected=I18N_SITEMAP,
    ),
    Case("glightbox", "mkdocs-glightbox"),
    Case("print-site", "mkdocs-print-site-plugin"),
    Case("llmstxt", "mkdocs-llmstxt", {"sections": {"Papers": ["{archive}*.md"]}}),
    Case("encryptcontent", "mkdocs-encryptcontent-plugin", {"global_password": PASSWORD}, is_encrypted=True),
    Case("blog", MATERIAL, files={"docs/blog/posts/one.md": "---\ndate: 2026-07-01\n---\n# One\n\nA post.\n"}),
    Case("tags", MATERIAL, files={"docs/tagged.md": "---\ntags: [a]\n---\n# Tagged\n"}),
    Case("social", MATERIAL, {"cards": True}),
    Case("privacy", MATERIAL, {"assets_exclude": [PICTURES]}),
    Case("offline", MATERIAL, page_end=".html"),
    Case("awesome-nav", "mkdocs-awesome-nav", files={"docs/.nav.yml": "nav:\n  - about.md\n  - '*'\n"}),
    Case(
        "literate-nav",
        "mkdocs-literate-nav",
        {"nav_file": "SUMMARY.md"},
        files={"docs/SUMMARY.md": "- [About](about.md)\n- [Dates]({archive}archive.md)\n"},
    ),
    Case("gen-files", "mkdocs-gen-files", {"scripts": ["make.py"]}, files={"make.py": GENERATE}),
    Case("section-index", "mkdocs-section-index"),
    Case("minify", "mkdocs-minify-plugin", {"minify_html": True, "minify_js": True, "minify_css": True}),
    Case("git-revision-date-localized", "mkdocs-git-revision-date-localized-plugin"),
    Case("macros", "mkdocs-macros-plugin", {"on_error_fail": True}),
    Case("redirects", "mkdocs-redirects", {"redirect_maps": {"old.md": "{archive}archive.md"}}),
    Case(
        "monorepo",
        "mkdocs-monorepo-plugin",
        config=MONOREPO,
        files={"part/mkdocs.yml": "site_name: part\nnav: [index.md]\n", "part/docs/index.md": "# Part\n"},
    ),
    Case("exclude", "mkdocs-exclude", {"glob": ["draft.md"]}, files={"docs/draft.md": "# Draft\n"}),
    Case("htmlproofer", "mkdocs-htmlproofer-plugin", {"raise_error": True, "validate_external_urls": False}),
    Case("mike", "mike", command=("mike", "deploy", "1.0")),
)

HOSTS = (
    Case("materialx", "mkdocs-materialx", is_plugin=False, theme="materialx"),
    Case("properdocs", "properdocs", is_plugin=False, theme="materialx", command=("properdocs", "build")),
    Case(
        "zensical",
        "zensical",
        is_plugin=False,
        command=("zensical", "build"),
        files={"docs/frame.md": "---\ntitle: Papers\nhide: [navigation, toc, path]\n---\n"},
        frame="frame/",
    ),
    Case(
        "sphinx",
        "sphinx",
        is_plugin=False,
        config={"use_directory_urls": False},
        command=("sphinx-build", "--quiet", "docs", "site"),
        files={
            "docs/conf.py": "project = 'Matrix'\n",
            "docs/index.rst": "Home\n====\n\n.. toctree::\n\n   about\n",
            "docs/about.rst": "About\n=====\n",
        },
        page_end=".html",
        frame="about.html",
    ),
)


@dataclass
class Result:
    """The messages of a build, and of the browser that opened its pages."""

    build: str
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        failure = [] if self.build == "built" else [self.build]
        return [*failure, *self.warnings, *self.errors]


def main(names: Sequence[str]) -> int:
    cases = HOSTS if "--hosts" in names else CASES
    names = [name for name in names if name != "--hosts"]
    known = {case.name for case in cases}
    if unknown := sorted(set(names) - known):
        print(f"scripts/matrix: unknown name {unknown[0]}; expected {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    print("| Name | Version | Archive | Build | Warnings | Chromium errors |\n|---|---|---|---|---|---|")
    wrong: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=str(find(install=False)), args=LAUNCH_ARGUMENTS)
        for number, (case, archive) in enumerate(product(cases, ("papers/", ""))):
            if names and case.name not in names:
                continue
            result = _try_case(case, archive, Path(folder, str(number)), browser)
            _print_row(case, archive, result)
            wrong += [f"- {_label(case)}, {archive or 'whole site'}: {text}" for text in result.faults]
        browser.close()
    print("", *wrong, sep="\n")
    return 1 if wrong else 0


def _try_case(case: Case, archive: str, site: Path, browser: Browser) -> Result:
    _write_site(case, archive, site)
    done = subprocess.run(
        case.command, cwd=site, env=_environment(), capture_output=True, text=True, timeout=BUILD_S, check=False
    )
    warnings = [line for line in done.stderr.splitlines() if line.startswith(("WARNING", "ERROR"))]
    if case.frame and not done.returncode:
        attach = ("daily-papers", "attach", "site", "--frame", case.frame)
        done = subprocess.run(attach, cwd=site, capture_output=True, text=True, timeout=BUILD_S, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        return Result(f"exit {done.returncode}: {last}", warnings)
    if case.command[0] == "mike":
        _git(site, "worktree", "add", "versions", "gh-pages")
        built = site / "versions/1.0"
    else:
        built = site / "site"
    return Result("built", warnings, [*_wrong_texts(case, archive, built), *_open_pages(case, archive, built, browser)])


def _write_site(case: Case, archive: str, site: Path) -> None:
    def fill(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("{archive}", archive))

    options: dict[str, Any] = {"fetch": "never", "search": False}
    if archive:
        options["path"] = archive.rstrip("/")
    plugins: list[Any] = ["search", {"daily-papers": options}]
    if case.is_plugin:
        plugins.append({case.name: fill(dict(case.options))})
    config = {
        "site_name": "Matrix",
        "site_url": "https://papers.example/",
        "theme": {"name": case.theme, "font": False},
        "plugins": plugins,
        **fill(dict(case.config)),
    }
    files = {"docs/about.md": "# About\n\nA page of the author.\n", **fill(dict(case.files))}
    if archive:
        files["docs/index.md"] = "# Home\n"
    files["mkdocs.yml"] = yaml.safe_dump(config)
    for date in DATES:
        files[f"docs/{archive}{date}.json"] = (ROOT / f"docs/{date}.json").read_text("utf-8")
    files[f"docs/{archive}{LEDGER}"] = "{}\n"
    for name, text in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    _git(site, "init", "--quiet")
    _git(site, "add", "--all")
    _git(site, "commit", "--quiet", "--message", "A site")


def _git(site: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=site, env=_environment(), check=True, capture_output=True)


def _environment() -> dict[str, str]:
    names = {f"GIT_{role}_NAME": "Matrix" for role in ("AUTHOR", "COMMITTER")}
    addresses = {f"GIT_{role}_EMAIL": "matrix@example.org" for role in ("AUTHOR", "COMMITTER")}
    return {**os.environ, **names, **addresses}


def _wrong_texts(case: Case, archive: str, built: Path) -> Iterator[str]:
    """Yield each fault of the files: a missing paper, one that is readable although encrypted, a published ledger."""
    if (built / archive / LEDGER).exists():
        yield f"{archive}{LEDGER} is published"
    record = json.loads((ROOT / f"docs/{DAY}.json").read_text("utf-8"))
    if case.is_encrypted:
        texts = [path.read_bytes().decode("utf-8", "replace") for path in built.rglob("*") if path.is_file()]
        for paper in record["papers"]:
            if any(paper["title"] in text for text in texts):
                yield f"the title of {paper['id']} is readable"
        return
    end = "/index.html" if case.page_end == "/" else case.page_end
    path = built / f"{archive}{DAY}{end}"
    if not path.is_file():
        yield f"{path.relative_to(built)} was not written"
        return
    html = path.read_text("utf-8")
    yield from (f"{paper['id']} is not on its page" for paper in record["papers"] if paper["id"] not in html)


def _open_pages(case: Case, archive: str, built: Path, browser: Browser) -> Iterator[str]:
    """Open six pages, and yield each error that Chromium reports."""
    names = ["about", f"{archive}index", *(f"{archive}{name}" for name in (DAY, "archive", "topics", "library"))]
    with _serve(built) as address:
        page = browser.new_page()
        errors: list[str] = []
        page.on("console", partial(_record, errors, case.expected))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route("**/*", partial(_answer, address))
        for name in names:
            path = name.removesuffix("index") if case.page_end == "/" else name
            end = case.page_end if path and not path.endswith("/") else ""
            response = page.goto(f"{address}{path}{end}", wait_until="load")
            if not response or not response.ok:
                errors.append("not found")
            page.wait_for_load_state("networkidle")
            yield from (f"{name}: {error}" for error in dict.fromkeys(errors))
            errors.clear()
        page.close()


def _record(errors: list[str], expected: str, message: ConsoleMessage) -> None:
    address = message.location["url"]
    if message.type == "error" and not (expected and address.endswith(expected)):
        errors.append(f"{message.text} ({address})")


def _answer(address: str, route: Route) -> None:
    """Answer other hosts' requests here: nothing leaves the machine."""
    if route.request.url.startswith(address):
        route.continue_()
    else:
        route.fulfill(status=200, body="")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _print_row(case: Case, archive: str, result: Result) -> None:
    version = f"{case.package} {metadata.version(case.package)}"
    counts = f"{len(result.warnings)} | {len(result.errors)}"
    print(f"| {_label(case)} | {version} | {archive or 'whole site'} | {result.build} | {counts} |", flush=True)


def _label(case: Case) -> str:
    return f"{case.name} ({structure})" if (structure := case.options.get("docs_structure")) else case.name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
