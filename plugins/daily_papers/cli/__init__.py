"""The command line `daily-papers`, and the programs of the nightly job."""

from daily_papers.cli.main import main

__all__ = ["main"]
