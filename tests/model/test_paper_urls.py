"""Ids of papers in addresses."""

from __future__ import annotations

import pytest

from daily_papers.model.paper_urls import find_archived_id, find_arxiv_id
from tests.factories import PAPER_ADDRESSES


@pytest.mark.parametrize(("url", "paper_id"), PAPER_ADDRESSES.items())
def test_a_paper_is_known_by_its_address_on_each_site(url: str, paper_id: str) -> None:
    assert find_arxiv_id(url) == paper_id


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "2607.00010",
        "javascript:https://arxiv.org/abs/2607.00010",
        "https://arxiv.org/list/cs.CL/2607.00010",
        "https://arxiv.org/abs/",
        "https://arxiv.org.evil.example/abs/2607.00010",
        "https://notarxiv.org/abs/2607.00010",
        "https://doi.org/10.1000/arXiv.2607.00010",
        "https://huggingface.co/papers/date/2026-07-15",
        "https://huggingface.co/papers/x-0123456789ab",
        "https://[/abs/2607.00010",
    ],
)
def test_any_other_address_has_no_arxiv_id(url: str | None) -> None:
    assert find_arxiv_id(url) is None


@pytest.mark.parametrize(
    ("url", "paper_id"),
    [
        ("https://a.example/2026/07/31/#2607.00010", "2607.00010"),
        ("https://a.example/daily/2026/07/31.html#x-0123456789ab", "x-0123456789ab"),
        ("https://a.example/2026/07/31/#hep-th/9901001", "hep-th/9901001"),
        ("https://a.example/2026/07/31/", None),
        ("https://a.example/changes/#2607.00010", None),
    ],
)
def test_a_paper_on_a_days_page_of_an_archive_has_the_id_of_the_fragment(url: str, paper_id: str | None) -> None:
    assert find_archived_id(url) == paper_id
