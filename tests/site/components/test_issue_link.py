"""The links that report a mistake in a summary as an issue on GitHub."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from daily_papers.model.records import Paper, Summary
from tests.factories import make_paper, render_paper_page
from tests.html import HOSTILE, parse_page

REPOSITORY = "https://github.com/an-owner/a-repo"
SITE = "https://papers.example/archive/"


def issue_links(paper: Paper, repo_url: str = REPOSITORY, site_url: str = SITE) -> list[str]:
    """Return the address of each link on the page of a paper that reports a mistake in a summary."""
    page = parse_page(render_paper_page(paper, repo_url=repo_url, site_url=site_url))
    return [link.attributes["href"] or "" for link in page.css(".dp-attribution a")]


def summarized_paper(by: str = "gpt-4o", *, language: str = "ko", title: str = "A title", prompt: str = "") -> Paper:
    summary = Summary(bullets=("b",), by=by, prompt=prompt or None)
    return make_paper(10, month="2402", title=title, summaries={language: summary})


def test_an_issue_names_paper_date_language_author_prompt_and_page() -> None:
    (address,) = issue_links(summarized_paper(prompt="1a2b3c4d", title="100% & more: C#?"))
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "github.com", "/an-owner/a-repo/issues/new")
    assert not parts.fragment
    assert dict(parse_qsl(parts.query, strict_parsing=True)) == {
        "title": "2402.00010: summary",
        "body": "`100% & more: C#?`\n`2024-03-01 ko gpt-4o prompt 1a2b3c4d`\n"
        "https://papers.example/archive/p/2402.00010/\n\n잘못된 점:\n",
    }


@pytest.mark.parametrize(
    ("by", "links"),
    [("gpt-4o", 1), ("digest", 1), ("huggingface", 1), ("mkdocs-daily-papers", 1), ("hand", 0)],
)
def test_every_summary_has_an_issue_link_unless_a_person_wrote_it(by: str, links: int) -> None:
    assert len(issue_links(summarized_paper(by))) == links


def test_each_summary_has_an_issue_link_of_its_own() -> None:
    summaries = {code: Summary(bullets=("b",), by="m") for code in ("ko", "en")}
    first, second = issue_links(make_paper(summaries=summaries))
    assert "+ko+m" in first
    assert "+en+m" in second


@pytest.mark.parametrize(
    ("repo_url", "found"),
    [
        ("https://github.com/an-owner/a-repo/", True),
        ("https://github.com/an-owner/a-repo.git", True),
        ("http://www.github.com/an-owner/a-repo", True),
        ("", False),
        ("https://gitlab.com/an-owner/a-repo", False),
        ("https://github.com.evil.example/an-owner/a-repo", False),
        ("https://github.com/an-owner", False),
        ("https://github.com/an-owner/a-repo?x", False),
    ],
)
def test_only_a_repository_on_github_has_issue_links(repo_url: str, found: bool) -> None:
    addresses = issue_links(summarized_paper(), repo_url=repo_url)
    assert bool(addresses) == found
    assert all(address.startswith(f"{REPOSITORY}/issues/new?") for address in addresses)


def test_without_site_url_an_issue_names_no_page() -> None:
    (address,) = issue_links(summarized_paper(), site_url="")
    assert dict(parse_qsl(urlsplit(address).query))["body"] == "`A title`\n`2024-03-01 ko gpt-4o`\n\n잘못된 점:\n"


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "` @everyone #1 `", "a\n\n@b `#2`", "&labels=x&body=y#z", "\u202e한글 \U0001f600" * 99, "%0A%60"],
)
def test_hostile_text_adds_no_query_parameter_and_cannot_leave_its_code_span(text: str) -> None:
    paper = summarized_paper(text, title=text, language=text, prompt=text)
    (address,) = issue_links(paper)
    assert re.fullmatch(r"[A-Za-z0-9_.~/:?&=%+-]+", address)
    assert len(address) < 4000
    query = parse_qsl(urlsplit(address).query, strict_parsing=True)
    assert [key for key, _ in query] == ["title", "body"]
    title, body = (value for _, value in query)
    assert title == "2402.00010: summary"
    assert re.fullmatch(
        r"`[^`\n]+`\n`2024-03-01 [^`\n]+`\n"
        r"https://papers\.example/archive/p/2402\.00010/\n\n잘못된 점:\n",
        body,
    )


def test_an_issue_link_is_short() -> None:
    """A day may have a hundred of these links."""
    title = "A title of the usual length, about as long as this one is here"
    (address,) = issue_links(summarized_paper("huggingface", title=title), site_url="https://owner.github.io/a-repo/")
    assert len(address) < 320
