"""Alias of `mkdocs_plugin.plugin`: the plugin's entry point, which installed sites name."""

from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin

__all__ = ["DailyPapersPlugin"]
