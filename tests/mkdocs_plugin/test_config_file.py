"""Reading mkdocs.yml for the commands, where MkDocs' theme and other plugins need not be installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.exceptions import Abort, ConfigurationError

from daily_papers.mkdocs_plugin.config_file import read_config
from daily_papers.mkdocs_plugin.project import Project

ELSEWHERE = """
site_name: !ENV [NO_SUCH_NAME, Papers]
site_url: https://papers.example/
use_directory_urls: false
theme:
  name: not-installed
  icon: {logo: x}
  palette: {scheme: slate}
markdown_extensions:
  - not_installed.extension
  - pymdownx.emoji: {emoji_index: !!python/name:not_installed.emoji.to_svg }
hooks: [none.py]
plugins:
  - not-installed/search
  - other: {key: !relative $docs_dir}
  - daily-papers: {path: papers, fetch: never}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(text)
    return folder / "mkdocs.yml"


def test_the_options_are_read_where_only_this_plugin_is_installed(tmp_path: Path) -> None:
    project = Project.find(read_config(written(tmp_path, ELSEWHERE)))
    assert (project.config.site_name, project.config.site_url) == ("Papers", "https://papers.example/")
    assert project.urls.home() == "papers/index.html"
    assert project.archive_root == tmp_path / "docs/papers"
    assert not project.owns_theme
    assert project.color_scheme == "slate"


def test_an_installed_theme_and_its_plugins_are_kept(tmp_path: Path) -> None:
    text = "site_name: a\ntheme: material\nplugins: {search: {}, material/tags: {}, daily-papers: {}}\n"
    project = Project.find(read_config(written(tmp_path, text)))
    assert project.owns_theme
    assert [*project.config.plugins] == ["material/search", "material/tags", "daily-papers"]


def test_a_value_of_the_command_line_replaces_that_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, ELSEWHERE)
    assert read_config(path, site_url="https://b.example/").site_url == "https://b.example/"
    assert read_config(path, site_url="").site_url == "https://papers.example/"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("site_name: a\nplugins: [daily-papers: {sinse: 2024-01-01}]", Abort, "configuration error"),
        ("site_name: a\nplugins: 5", Abort, "configuration error"),
        ("[a", ConfigurationError, "error parsing the configuration file"),
        ("- a", ConfigurationError, "expected options such as 'site_name: Papers', found"),
    ],
)
def test_wrong_options_are_an_error(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read_config(written(tmp_path, text))


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"other\.yml' does not exist"):
        read_config(tmp_path / "other.yml")


def test_a_plugin_that_encrypts_pages_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(Abort):
        read_config(written(tmp_path, "site_name: a\nplugins: [daily-papers, encryptcontent]"))
