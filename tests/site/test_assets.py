"""The scripts and stylesheets that are shipped: every import resolves, and every colour has a dark value."""

from __future__ import annotations

import posixpath
import re

from daily_papers.site import assets
from daily_papers.site.i18n.catalog import available_languages


def test_every_import_names_a_file_that_is_shipped() -> None:
    files = assets.load_assets()
    assert {assets.STYLESHEET, assets.SCRIPT} <= files.keys()
    messages = {f"js/i18n/{language}.mjs" for language in available_languages()}
    modules = {name: text.decode() for name, text in files.items() if name.endswith(".mjs") and name not in messages}
    for name, text in modules.items():
        for imported in re.findall(r'(?:from|import|import\() ?"(\.{1,2}/.+?)"', text):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)) in modules
    lazy = re.search(r"LAZY = \[(.+?)\]", modules[assets.SCRIPT], re.DOTALL)
    assert lazy
    listed = {f"js/{element}.mjs" for element in re.findall(r'"(.+?)"', lazy[1])}
    common = {f"js/{one}" for one in re.findall(r'import "\./(.+?)"', modules[assets.SCRIPT])}
    assert listed | common == {name for name in modules if "/dp-" in name}


def test_the_dark_scheme_changes_only_variables_that_the_light_one_defines() -> None:
    css = assets.load_assets()[assets.STYLESHEET].decode()
    light, dark = css.split('[data-md-color-scheme="slate"]', 1)
    names = set(re.findall(r"--dp-[\w-]+(?=:)", dark.split("}", 1)[0]))
    assert names
    assert names <= set(re.findall(r"--dp-[\w-]+(?=:)", light))
