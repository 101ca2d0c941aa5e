"""Alias of `mkdocs_plugin.plugin`: the entry point of the plugin in installed packages."""

from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin

__all__ = ["DailyPapersPlugin"]
