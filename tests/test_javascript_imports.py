"""Import rules of the scripts: `main -> feature -> i18n -> lib`; of the features, only calendar and day use library.

A module may import from its own folder, and from every layer to the right of its own. The rules hold for static and
dynamic imports, and for the types that comments import.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "plugins/daily_papers/assets/js"
MODULES = sorted(path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.mjs"))
FEATURES = {"authors", "calendar", "citations", "day", "library", "search", "topics"}
ALLOWED = {
    "lib": {"lib"},
    "i18n": {"i18n", "lib"},
    **{feature: {feature, "i18n", "lib"} for feature in FEATURES},
    "calendar": {"calendar", "library", "i18n", "lib"},
    "day": {"day", "library", "i18n", "lib"},
    "": FEATURES | {"i18n", "lib"},
}
"""The folders that the modules of a folder may import from; "" is the top, where main.mjs is."""
COMPUTED = {
    ("main.mjs", "./${path}.mjs"),  # the paths of its list LAZY, which have a test of their own
    ("search/worker.mjs", "${folder}${shards[0]}/pagefind.js"),  # in the index, not among the scripts
}

# `from "…"`, `import "…"`, `import("…")`, `import(`…`)` and `new URL("…", import.meta.url)`.
_IMPORT = re.compile(
    r"""\b(?:from|import)\s*\(?\s*(?P<quote>["'`])(?P<path>.+?)(?P=quote)"""
    r"""|\bnew URL\(\s*["'`](?P<url>[^"'`]+\.mjs)["'`],\s*import\.meta\.url"""
)


def imports_of(source: str) -> Iterator[str]:
    """Yield the path of each import in `source`, as written."""
    for match in _IMPORT.finditer(source):
        yield match["path"] or match["url"]


def violations(module: str, source: str) -> list[str]:
    """Return the imports in `source`, the text of `module`, that the rules forbid."""
    folder = posixpath.dirname(module)
    found = []
    for path in imports_of(source):
        if (module, path) in COMPUTED:
            continue
        target = posixpath.normpath(posixpath.join(folder, path))
        if posixpath.dirname(target) not in ALLOWED[folder]:
            found.append(path)
    return found


def lazy_paths(source: str) -> list[str]:
    """Return the modules that main.mjs imports by a path of its list LAZY."""
    listed = re.search(r"LAZY = \[(.+?)\]", source, re.DOTALL)
    assert listed
    return [f"./{path}.mjs" for path in re.findall(r'"(.+?)"', listed[1])]


def test_every_folder_has_a_rule() -> None:
    assert {posixpath.dirname(module) for module in MODULES} == set(ALLOWED)
    assert [module for module in MODULES if "/" not in module] == ["main.mjs"]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_allows(module: str) -> None:
    assert not violations(module, (SCRIPTS / module).read_text("utf-8"))


def test_main_imports_every_listed_element_from_a_feature() -> None:
    paths = lazy_paths((SCRIPTS / "main.mjs").read_text("utf-8"))
    assert paths
    assert not [path for path in paths if path.split("/")[1] not in FEATURES]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lib/dom.mjs", 'import { onLocale } from "../i18n/locale.mjs";'),
        ("i18n/locale.mjs", 'import "../day/dp-filter.mjs";'),
        ("search/client.mjs", 'const module = await import("../library/store.mjs");'),
        ("search/client.mjs", 'new Worker(new URL("../day/worker.mjs", import.meta.url), { type: "module" });'),
        ("library/store.mjs", "import { copy } from '../citations/dp-cite-menu.mjs';"),
        ("calendar/dp-calendar.mjs", "const module = import(`../search/client.mjs`);"),
        ("topics/dp-topics.mjs", '/** @typedef {import("../authors/name-index.mjs").Author} Author */'),
        ("topics/dp-topics.mjs", 'import { a,\n  b } from "../main.mjs";'),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str) -> None:
    assert len(violations(module, source)) == 1


@pytest.mark.parametrize("module", ["calendar/dp-calendar.mjs", "day/dp-filter.mjs"])
def test_calendar_and_day_may_import_the_library(module: str) -> None:
    assert not violations(module, 'import { store } from "../library/store.mjs";')
