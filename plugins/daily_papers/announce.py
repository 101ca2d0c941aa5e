"""Alias of `cli.notify`: `python -m daily_papers.announce`, which existing workflows run."""

from daily_papers.cli.notify import main
from daily_papers.cli.safe_output import run_program

if __name__ == "__main__":
    run_program(main)
