"""The fixtures of `visiting`, for every browser test."""

from __future__ import annotations

from tests.browser.visiting import chromium, site, visit

__all__ = ["chromium", "site", "visit"]
