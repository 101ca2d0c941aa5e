"""The sources for feeds: arXiv's daily list, and any RSS or Atom feed. Items that a feed drops stay stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from daily_papers.archive.day_files import read_day, read_rejected, stored_dates
from daily_papers.archive.ledger import LedgerEntry, read_ledger
from daily_papers.errors import SourceError
from daily_papers.jobs.check import check
from daily_papers.jobs.fetch import FetchReport, fetch_archive
from daily_papers.model.records import FetchResult, Media, Paper, Summary
from daily_papers.net.client import Response
from daily_papers.sources.feed import read_arxiv_list, read_items
from tests.factories import make_day, make_paper
from tests.site.feeds.feed_samples import feed_files
from tests.sites import build, make_site
from tests.upstream import Handler, Upstream, answer, cut_unseen

NOW = dt.datetime(2026, 7, 15, 3, 17, tzinfo=dt.UTC)
BLOG = "https://blog.example/feed.xml"


def response(body: str | bytes) -> Response:
    return Response(body=body.encode() if isinstance(body, str) else body, headers=httpx.Headers(), url=BLOG)


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A blog</title>'
        f"<link>https://blog.example/</link><description>Of rivers</description>{''.join(items)}</channel></rss>"
    )


def item(slug: str, date: str = "Mon, 13 Jul 2026 23:30:00 -0400", *, title: str = "On rivers", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>https://blog.example/{slug}</link><guid>{slug}</guid>"
        f"<pubDate>{date}</pubDate>{more}</item>"
    )


def announced(paper_id: str, kind: str = "new", names: str = "Ada Brook, Ben Ford") -> str:
    return (
        f"<entry><id>oai:arXiv.org:{paper_id}v1</id><title>Paper {paper_id}</title>"
        f'<updated>2026-07-14T04:00:00Z</updated><link href="https://arxiv.org/abs/{paper_id}" rel="alternate"/>'
        f"<summary>arXiv:{paper_id}v1 Announce Type: {kind} \nAbstract: The &lt;EOS&gt; token of rivers.</summary>"
        f'<category term="cs.CL"/><published>2026-07-13T17:59:59Z</published>'
        f"<arxiv:announce_type>{kind}</arxiv:announce_type><dc:creator>{names}</dc:creator></entry>"
    )


def arxiv_list(*entries: str, title: str = "cs.CL updates on arXiv.org") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom">'
        f"<id>http://rss.arxiv.org/atom/cs.CL</id><title>{title}</title>"
        f"<updated>2026-07-14T04:00:00+00:00</updated>{''.join(entries)}</feed>"
    )


def read(body: str) -> dict[str, list[Paper]]:
    days = read_items(response(body), BLOG, NOW)
    return {str(date): list(fetched.day.papers) for date, fetched in days.items()}


def only(body: str) -> Paper:
    ((paper,),) = read(body).values()
    return paper


def only_paper(days: dict[dt.date, FetchResult]) -> Paper:
    ((paper,),) = (fetched.day.papers for fetched in days.values())
    return paper


def test_arxivs_list_is_one_day_of_its_new_papers_with_unchanged_texts() -> None:
    body = arxiv_list(
        announced("2607.00010"),
        announced("2607.00002", "cross"),
        announced("2607.00003", "replace"),
        announced("2607.00004", "replace-cross"),
    )
    ((date, fetched),) = read_arxiv_list(response(body), "arxiv:cs.CL", NOW).items()
    assert date == dt.date(2026, 7, 14)  # midnight in New York
    assert [paper.id for paper in fetched.day.papers] == ["2607.00010", "2607.00002"]
    assert fetched.day.papers[0] == Paper(
        id="2607.00010",
        title="Paper 2607.00010",
        authors=("Ada Brook", "Ben Ford"),
        abstract="The <EOS> token of rivers.",
        published=dt.date(2026, 7, 13),
    )


def test_the_error_for_an_unknown_category_names_it() -> None:
    with pytest.raises(SourceError, match=r"arXiv has no such category: cs\.XX"):
        read_arxiv_list(response(arxiv_list(title="Feed error for query: cs.XX")), "arxiv:cs.XX", NOW)


def test_an_empty_list_is_no_error() -> None:
    assert read_arxiv_list(response(arxiv_list()), "arxiv:cs.CL", NOW) == {}


def test_an_item_belongs_to_its_utc_date_and_is_identified_by_its_address() -> None:
    days = read(rss(item("a"), item("b", "Sun, 12 Jul 2026 10:00:00 GMT"), item("a")))
    assert sorted(days) == ["2026-07-12", "2026-07-14"]
    (paper,) = days["2026-07-14"]
    assert paper.id == f"x-{hashlib.sha256(b'https://blog.example/a').hexdigest()[:12]}"
    assert paper.project_page == "https://blog.example/a"


def test_an_item_that_links_to_a_paper_has_its_id() -> None:
    for address in (
        "https://arxiv.org/abs/2607.00010v2",
        "http://arxiv.org/pdf/2607.00010",
        "https://huggingface.co/papers/2607.00010",
    ):
        assert only(rss(item("x").replace("https://blog.example/x", address))).id == "2607.00010"


def test_an_item_is_the_same_paper_when_its_address_changes_and_its_guid_stays() -> None:
    for guid in ("tag:blog.example,2026:1", "17"):
        papers = [
            only(rss(f'<item><link>{link}</link><guid isPermaLink="false">{guid}</guid></item>'))
            for link in ("http://blog.example/1?from=feed", "https://blog.example/posts/1")
        ]
        assert papers[0].id == papers[1].id
        assert papers[1].project_page == "https://blog.example/posts/1"


def test_a_guid_that_is_no_uri_is_unique_only_within_its_feed() -> None:
    body = response(rss('<item><guid isPermaLink="false">17</guid></item>'))
    ids = [only_paper(read_items(body, name, NOW)).id for name in (BLOG, "https://other.example/feed.xml")]
    assert ids[0] != ids[1]


def test_the_id_of_a_paper_may_be_in_the_guid() -> None:
    for guid in ("oai:arXiv.org:2607.00010v1", "https://arxiv.org/html/2607.00010v2"):
        assert only(rss(item("x").replace("<guid>x<", f'<guid isPermaLink="false">{guid}<'))).id == "2607.00010"


def test_relative_addresses_are_joined_to_that_of_the_feed() -> None:
    html = escape('<p>Of rivers <img src="/a.png"></p>')
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>tag:a</id><title>One</title>'
        f'<link href="/posts/1/"/><link rel="enclosure" href="a.mp4"/><content type="html">{html}</content>'
        "</entry></feed>"
    )
    paper = only(atom)
    assert paper.project_page == "https://blog.example/posts/1/"
    assert paper.thumbnail == "https://blog.example/a.png"
    assert paper.media == (Media("https://blog.example/a.mp4", "video"),)


def test_votes_and_authors_of_a_description_are_read_on_the_day_of_the_fetch() -> None:
    html = escape("<p>Votes: 12</p><p>Authors: Ada Brook, Ben Ford</p><p>Of rivers.</p>")
    paper = only(rss(item("a", more=f"<description>{html}</description>")))
    assert (paper.votes, paper.vote_history) == (12, ((dt.date(2026, 7, 15), 12),))
    assert (paper.authors, paper.abstract) == (("Ada Brook", "Ben Ford"), "Of rivers.")


def test_a_date_that_can_be_read_wins_over_one_that_cannot() -> None:
    more = '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-07-10T10:00:00Z</dc:date>'
    assert list(read(rss(item("a", "a friday", more=more)))) == ["2026-07-10"]
    assert list(read(rss(item("a", "2026/7/9 10:00")))) == ["2026-07-09"]


def test_the_time_at_which_a_feed_was_made_dates_no_item() -> None:
    made = "<lastBuildDate>Mon, 01 Jun 2026 05:00:00 GMT</lastBuildDate>"
    assert list(read(rss(made, "<item><guid>a</guid></item>"))) == ["2026-07-15"]


def test_dates_that_cannot_be_read_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    read(rss(item("a", "yesterday"), item("b", "last week"), item("c", "")))
    unread = f'{BLOG}: dates that cannot be read, such as "yesterday"'
    expected = f"{unread}: 2 of the items are assigned to the day of their first fetch"
    assert caplog.messages == [expected]


def test_an_item_that_is_not_well_formed_is_rejected_on_its_own_date() -> None:
    days = read_items(response(rss(item("a"), item("b", more="<b>"), item("c"))), BLOG, NOW)
    (fetched,) = days.values()
    assert [paper.project_page for paper in fetched.day.papers] == ["https://blog.example/a", "https://blog.example/c"]
    (rejected,) = fetched.rejected
    record = msgspec.json.decode(rejected.record)
    assert (record["title"], record["text"]) == ("On rivers", item("b", more="<b>"))


def test_a_feed_of_days_is_refused_with_the_address_to_use() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><generator>mkdocs-daily-papers</generator>'
        '<entry><id>urn:a</id><title>July 14</title><link href="https://a.example/2026/07/14/"/></entry></feed>'
    )
    with pytest.raises(SourceError, match=r"a feed of days; expected a feed of papers, such as papers\.xml"):
        read_items(response(atom), BLOG, NOW)


@pytest.mark.parametrize("name", ["papers.xml", "papers.json", "papers.en.xml"])
def test_the_feed_of_another_archive_gives_back_its_papers(name: str) -> None:
    stored = make_paper(
        authors=tuple(f"Author {number}" for number in range(40)),
        abstract="Of rivers < lakes.\nOf seas & more.",
        votes=7,
        summaries={"ko": Summary(bullets=("**강**: 물",), by="digest")},
    )
    elsewhere = make_paper(2)
    elsewhere = msgspec.structs.replace(elsewhere, id="x-0123456789ab", project_page="https://blog.example/2")
    files = feed_files(make_day(dt.date(2026, 7, 13), stored, elsewhere))
    body = files[name]
    (fetched,) = read_items(response(body), f"https://papers.example/{name}", NOW).values()
    papers = {paper.id: paper for paper in fetched.day.papers}
    assert papers.keys() == {stored.id, elsewhere.id}
    paper = papers[stored.id]
    assert (paper.title, paper.authors, paper.abstract) == (stored.title, stored.authors, stored.abstract)
    assert paper.votes == 7
    assert not paper.project_page


def test_html_becomes_plain_text_and_scripts_are_removed() -> None:
    html = escape("<p>One &amp; two.</p><script>alert(1)</script><p onclick='x'>Three.</p>")
    paper = only(rss(item("a", title="A &lt;b&gt;bold&lt;/b&gt; claim", more=f"<description>{html}</description>")))
    assert paper.abstract == "One & two.\nThree."
    assert "alert" not in f"{paper}"


def test_pictures_and_videos_are_read_and_unsafe_addresses_are_not() -> None:
    more = (
        '<enclosure url="https://blog.example/a.mp4" type="video/mp4" length="1"/>'
        '<media:content url="javascript:alert(1).png"/><media:thumbnail url="https://blog.example/t.png"/>'
    )
    paper = only(rss(item("a", more=more)))
    assert paper.media == (Media("https://blog.example/a.mp4", "video"),)
    assert paper.thumbnail == "https://blog.example/t.png"
    assert only(rss(item("a").replace("https://blog.example/a", "javascript:alert(1)"))).project_page is None


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jul 2026 00:00:00 GMT", "Mon, 13 Jul 0001 00:00:00 GMT"])
def test_an_item_without_a_usable_date_belongs_to_the_date_of_the_fetch(date: str) -> None:
    assert list(read(rss(item("a", date)))) == ["2026-07-15"]


def test_an_item_without_address_and_id_is_rejected() -> None:
    ((_, fetched),) = read_items(response(rss("<item><title>Nothing</title></item>")), BLOG, NOW).items()
    assert not fetched.day.papers
    assert fetched.rejected[0].at == "$.entries[0]"


def test_atom_and_rss_1_are_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>tag:a</id><title>An entry</title>'
        '<link href="https://blog.example/e"/><updated>2026-07-14T10:00:00Z</updated>'
        "<author><name>Ada Brook</name></author><summary>Plain &lt;b&gt; text</summary></entry></feed>"
    )
    paper = only(atom)
    assert (paper.title, paper.authors, paper.abstract) == ("An entry", ("Ada Brook",), "Plain <b> text")
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="https://blog.example/"><title>A</title></channel>'
        '<item rdf:about="https://blog.example/e"><title>An item</title><link>https://blog.example/e</link></item>'
        "</rdf:RDF>"
    )
    assert only(rdf).title == "An item"


BROKEN = {
    "HTML": b"<!doctype html><html><body>hello</body></html>",
    "nothing": b"",
    "JSON": b'{"version": "https://jsonfeed.org/version/1"}',
    "cut off": rss(item("a"), item("b")).encode()[:-60],
    "entity bomb": b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rss(item("a", title="&b;")).encode(),
    "entity of a file": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + rss(item("a", title="&x;")).encode(),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_anything_but_a_complete_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceError, match="feed"):
        read_items(response(body), BLOG, NOW)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: rss(item("a", text, title=text)).encode()))
def test_no_body_raises_anything_but_a_source_error(body: bytes) -> None:
    for read_any in (read_items, read_arxiv_list):
        with suppress(SourceError):
            read_any(response(body), BLOG, NOW)


def fetch(root: Path, source: str, now: dt.datetime = NOW) -> FetchReport:
    return fetch_archive(root, source, now=now, since=dt.date(2026, 1, 1), refresh_days=7)


def test_items_that_a_feed_drops_stay_and_are_not_marked_as_gone(tmp_path: Path, upstream: Upstream) -> None:
    source = f"{upstream.url}/feed.xml?kind=all"
    upstream.always(answer(200, rss(item("a"), item("b", "Sun, 12 Jul 2026 10:00:00 GMT")).encode()))
    first = fetch(tmp_path, source)
    assert {str(outcome.date): outcome.result for outcome in first.outcomes} == {
        "2026-07-14": "stored",
        "2026-07-12": "stored",
    }
    assert [(request.path, request.query) for request in upstream.requests] == [("/feed.xml", {"kind": "all"})]
    upstream.always(answer(200, rss(item("c")).encode()))
    fetch(tmp_path, source, NOW + dt.timedelta(days=1))
    day = read_day(tmp_path, dt.date(2026, 7, 14))
    assert day is not None
    assert day.source == source
    assert [paper.project_page for paper in day.papers] == ["https://blog.example/a", "https://blog.example/c"]
    assert [paper.last_seen for paper in day.papers] == [None, None]
    assert set(read_ledger(tmp_path).values()) == {LedgerEntry("complete")}
    assert not list(check(tmp_path))


def test_every_part_of_a_feeds_address_is_requested(tmp_path: Path, upstream: Upstream) -> None:
    requested: list[str] = []

    def serve(handler: Handler) -> None:
        requested.append(handler.path)
        answer(200, rss(item("a")).encode())(handler)

    upstream.always(serve)
    fetch(tmp_path, f"{upstream.url}/a%20b/feed.xml?tag=one&tag=two&x=%26")
    assert requested == ["/a%20b/feed.xml?tag=one&tag=two&x=%26"]


def test_todays_date_is_moving_and_becomes_complete_when_the_feed_drops_it(tmp_path: Path, upstream: Upstream) -> None:
    source = f"{upstream.url}/feed.xml"
    upstream.always(answer(200, rss(item("a", "Wed, 15 Jul 2026 01:00:00 GMT")).encode()))
    fetch(tmp_path, source)
    assert read_ledger(tmp_path) == {dt.date(2026, 7, 15): LedgerEntry("moving")}
    upstream.always(answer(200, rss().encode()))
    fetch(tmp_path, source, NOW + dt.timedelta(days=2))
    assert read_ledger(tmp_path) == {dt.date(2026, 7, 15): LedgerEntry("complete")}


def test_items_dated_in_the_future_are_not_stored(tmp_path: Path, upstream: Upstream) -> None:
    upstream.always(answer(200, rss(item("a", "Wed, 22 Jul 2026 01:00:00 GMT")).encode()))
    assert not fetch(tmp_path, f"{upstream.url}/feed.xml").outcomes


def test_a_page_that_is_no_feed_fails_the_run_after_one_request_and_changes_nothing(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.always(answer(200, "<html>"))
    report = fetch(tmp_path, f"{upstream.url}/feed.xml")
    assert not report.complete
    assert len(upstream.requests) == 1
    assert "expected an RSS or Atom feed, got HTML" in str(report.outcomes[0].error)
    assert not read_ledger(tmp_path)


@pytest.mark.usefixtures("no_backoff")
def test_a_feed_that_came_cut_off_is_requested_again(tmp_path: Path, upstream: Upstream) -> None:
    body = rss(item("a"), item("b")).encode()
    upstream.then(cut_unseen(body))
    upstream.always(answer(200, body))
    assert fetch(tmp_path, f"{upstream.url}/feed.xml").complete
    assert len(upstream.requests) == 2


def test_an_item_without_address_and_id_is_stored_with_its_days_rejected_records(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.always(answer(200, rss("<item><title>Nothing</title></item>").encode()))
    fetch(tmp_path, f"{upstream.url}/feed.xml")
    assert len(read_rejected(tmp_path, dt.date(2026, 7, 15))) == 1


def test_the_site_of_a_feed_does_not_mention_hugging_face(tmp_path: Path, upstream: Upstream) -> None:
    hostile = "&lt;img src=x onerror=alert(1)&gt; {{ config }} [a](javascript:x)"
    upstream.always(answer(200, rss(item("a", title=hostile)).encode()))
    source = f"{upstream.url}/feed.xml"
    site = make_site(tmp_path, {"source": source, "fetch": "never", "languages": ["en"]})
    fetch(site / "docs", source)
    assert stored_dates(site / "docs") == [dt.date(2026, 7, 14)]
    built = build(site, "--strict")
    assert built.returncode == 0, built.stderr
    tree = LexborHTMLParser((site / "site/2026/07/14/index.html").read_text("utf-8"))
    article = tree.css_first("article")
    assert article is not None
    assert "{{ config }} [a](javascript:x)" in article.text()
    assert not article.css("[onerror]")
    home = LexborHTMLParser((site / "site/index.html").read_text("utf-8"))
    assert "Hugging Face" not in home.css_first(".dp").text()  # type: ignore[union-attr]
