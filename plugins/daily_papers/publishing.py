"""Alias of `cli.publish_guard`: `python -m daily_papers.publishing`, which existing workflows run."""

import sys

from daily_papers.cli.publish_guard import main

if __name__ == "__main__":
    sys.exit(main())
