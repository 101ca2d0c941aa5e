"""Alias of `cli.notify`: `python -m daily_papers.announce`, which existing workflows run."""

import sys

from daily_papers.cli.notify import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
