"""Entry point of `python -m daily_papers.cli`."""

from daily_papers.cli.main import main

main()
