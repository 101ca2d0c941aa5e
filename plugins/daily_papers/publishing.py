"""Alias of `cli.publish_guard`: `python -m daily_papers.publishing`, which existing workflows run."""

from daily_papers.cli.publish_guard import main
from daily_papers.cli.safe_output import run_program

if __name__ == "__main__":
    run_program(main)
