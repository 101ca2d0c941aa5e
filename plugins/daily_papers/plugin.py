"""Alias of `mkdocs_plugin.plugin`: the entry point of the plugin in installed packages."""

from daily_papers.mkdocs_plugin.interrupts import end_cleanly

end_cleanly()  # before the imports that follow, which take a tenth of a second

from daily_papers.mkdocs_plugin.plugin import DailyPapersPlugin  # noqa: E402

__all__ = ["DailyPapersPlugin"]
