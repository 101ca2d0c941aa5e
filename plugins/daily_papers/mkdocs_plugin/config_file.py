"""Reads an mkdocs.yml for the commands, also where its theme or its other plugins are not installed.

A site that another host builds, such as Zensical, keeps its mkdocs.yml, and need not install what only MkDocs uses.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import get_plugins
from mkdocs.utils import get_theme_names
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

from daily_papers.mkdocs_plugin.project import ENCRYPTING

_UNUSED = ("INHERIT", "hooks", "markdown_extensions", "mdx_configs", "nav", "strict", "validation")
"""Keys that only a build uses; their values may need libraries that are not installed."""


def read_config(path: Path, **replaced: str) -> MkDocsConfig:
    """Return the configuration in `path`, with the values of `replaced` that are not empty.

    Raises ConfigurationError, Abort after logging each error, and ValueError for a date that does not exist.
    """
    if not path.exists():
        raise ConfigurationError(f"Config file '{path}' does not exist.")
    with path.open("rb") as file:
        written = yaml_load(file, _lenient_loader())
    if not isinstance(written, dict):
        raise ConfigurationError(f"{path}: expected options such as 'site_name: Papers', found {written!r:.60}")
    options = {str(key): value for key, value in written.items() if key not in _UNUSED}
    options |= {name: value for name, value in replaced.items() if value}
    theme = options.get("theme")
    if _theme_name(theme) not in get_theme_names():
        # The archive's pages have the palette of the theme.
        options["theme"] = {**(theme if isinstance(theme, dict) else {}), "name": "mkdocs"}
    if "plugins" in options:
        options["plugins"] = list(_installed(options["plugins"], _theme_name(theme)))
    return load_config(io.BytesIO(b"{}"), config_file_path=str(path.absolute()), **options)


def _lenient_loader() -> type[Any]:
    """Return MkDocs' loader of YAML, for which a tag of an unknown library is an empty value."""
    loader: type[Any] = get_yaml_loader(yaml.SafeLoader)
    loader.add_multi_constructor("", lambda *_: None)
    return loader


def _theme_name(theme: object) -> object:
    return theme.get("name") if isinstance(theme, dict) else theme


def _installed(plugins: object, theme: object) -> list[object]:
    """Return those of `plugins`, as they are written, that are installed: of a theme's, the name may lack its own."""
    entries = [{name: options} for name, options in plugins.items()] if isinstance(plugins, dict) else plugins
    if not isinstance(entries, list):
        return [plugins]  # which MkDocs reports
    known = {*get_plugins(), ENCRYPTING}  # without it, pages would be published that nobody may read
    return [entry for entry in entries if not {f"{theme}/{_name(entry)}", str(_name(entry))}.isdisjoint(known)]


def _name(entry: object) -> object:
    return next(iter(entry), "") if isinstance(entry, dict) else entry
