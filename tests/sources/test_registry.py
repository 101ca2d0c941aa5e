"""The registry finds the source for each value of the option `source`, and gives its capabilities."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import pkgutil
from importlib import import_module

import pytest

from daily_papers import sources
from daily_papers.errors import FetchError, SettingError
from daily_papers.sources import registry
from daily_papers.sources.base import Source, SourceCapabilities
from daily_papers.sources.feed import ArxivFeedSource, FeedSource
from daily_papers.sources.huggingface import HuggingFace
from tests.upstream import Upstream, answer, record

NOW = dt.datetime(2026, 7, 16, 3, 17, tzinfo=dt.UTC)
DATE = dt.date(2026, 7, 15)

OPTIONS: dict[str, type[Source]] = {
    "huggingface": HuggingFace,
    "arxiv:cs.CL": ArxivFeedSource,
    "arxiv:hep-th": ArxivFeedSource,
    "arxiv:cs.CL+cs.AI": ArxivFeedSource,
    "https://blog.example/feed.xml": FeedSource,
    "http://127.0.0.1:8000/feed.xml?kind=all&tag=%26": FeedSource,
}
UNUSABLE = [
    "",
    "hugging face",
    "Huggingface",
    "huggingface ",
    "arxiv",
    "arxiv:",
    "arxiv:cs.CL+",
    "arxiv:cs.CL/../x",
    "ftp://blog.example/feed.xml",
    "https://",
    "https://user:word@blog.example/feed.xml",
    "https://blog.example/a feed.xml",
    " https://blog.example/feed.xml",
]


@pytest.mark.parametrize(("option", "source"), OPTIONS.items(), ids=OPTIONS)
def test_each_option_means_one_source(option: str, source: type[Source]) -> None:
    assert registry.accepts(option)
    assert registry.find_source(option) is source
    assert [each for each in registry.SOURCES if each.accepts(option)] == [source]


@pytest.mark.parametrize("option", UNUSABLE)
def test_the_error_for_an_unusable_option_names_it_and_the_accepted_values(option: str) -> None:
    assert not registry.accepts(option)
    with pytest.raises(SettingError) as caught:
        registry.capabilities(option)
    assert str(caught.value) == (
        f"the option 'source' is {option!r}; expected huggingface, a category as arxiv:cs.CL, or the URL of a feed"
    )


@pytest.mark.parametrize(
    ("option", "is_usable"),
    [
        ("arxiv:cs.CL https://blog.example/feed.xml", True),
        ("https://blog.example/a.xml https://blog.example/b.xml http://c.example/feed.json", True),
        ("https://blog.example/a.xml https://blog.example/a.xml", False),
        ("https://blog.example/a.xml  https://blog.example/b.xml", False),
        ("https://blog.example/a.xml feed.xml", False),
        ("huggingface https://blog.example/a.xml", False),
        ("huggingface huggingface", False),
    ],
)
def test_several_different_feeds_are_an_option(option: str, is_usable: bool) -> None:
    assert registry.accepts(option) is is_usable


def test_several_feeds_have_the_capabilities_of_one() -> None:
    option = "arxiv:cs.CL https://blog.example/feed.xml"
    assert registry.split_option(option) == ["arxiv:cs.CL", "https://blog.example/feed.xml"]
    assert registry.capabilities(option) == registry.capabilities("arxiv:cs.CL")


def test_hugging_face_has_votes_a_full_history_and_a_web_site() -> None:
    assert registry.capabilities("huggingface") == SourceCapabilities(
        has_full_history=True, has_votes=True, homepage="https://huggingface.co", token_variable="HF_TOKEN"
    )


@pytest.mark.parametrize("option", ["arxiv:cs.CL", "https://blog.example/feed.xml"])
def test_a_feed_has_neither_votes_nor_a_full_history(option: str) -> None:
    assert registry.capabilities(option) == SourceCapabilities(has_full_history=False, has_votes=False)


def test_every_class_of_a_source_is_registered() -> None:
    modules = [import_module(f"{sources.__name__}.{each.name}") for each in pkgutil.iter_modules(sources.__path__)]
    classes = {
        each
        for module in modules
        for _, each in inspect.getmembers(module, inspect.isclass)
        if hasattr(each, "capabilities") and hasattr(each, "accepts")
    }
    assert classes == set(registry.SOURCES)


def titles(option: str) -> list[str]:
    """Open the source that `option` means, and return the titles that it lists on DATE."""

    async def fetch() -> list[str]:
        async with registry.open_source(option, now=NOW, connect_attempts=1) as source:
            assert source.requests == 0
            fetched = await source.fetch_day(DATE)
            assert fetched.day.source == source.name == option
            assert source.requests == 1
            return [paper.title for paper in fetched.day.papers]

    return asyncio.run(fetch())


def test_hugging_face_is_opened_at_its_endpoint_with_its_token(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", upstream.url)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    upstream.list_papers(str(DATE), record("2607.00001", title="On rivers"))
    assert titles("huggingface") == ["On rivers"]
    assert upstream.requests[0].headers["authorization"] == "Bearer hf_secret"


def test_an_arxiv_category_is_opened_at_arxivs_endpoint(upstream: Upstream) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>cs.CL</title><updated>2026-07-15T04:00:00Z</updated>'
        "<entry><id>oai:arXiv.org:2607.00001v1</id><title>On rivers</title></entry></feed>"
    )
    upstream.always(answer(200, feed.encode()))
    assert titles("arxiv:cs.CL+cs.AI") == ["On rivers"]
    assert [request.path for request in upstream.requests] == ["/atom/cs.CL+cs.AI"]


def test_a_feed_is_opened_at_its_url(upstream: Upstream) -> None:
    feed = (
        '<rss version="2.0"><channel><title>A blog</title><item><title>On rivers</title>'
        "<link>https://blog.example/a</link><pubDate>Wed, 15 Jul 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    )
    upstream.always(answer(200, feed.encode()))
    assert titles(f"{upstream.url}/a/feed.xml?kind=all") == ["On rivers"]
    assert [(request.path, request.query) for request in upstream.requests] == [("/a/feed.xml", {"kind": "all"})]


def test_an_endpoint_that_is_no_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "no address")
    with pytest.raises(FetchError, match="huggingface: "):
        titles("huggingface")
