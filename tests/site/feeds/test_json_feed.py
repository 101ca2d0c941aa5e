"""JSON Feed: valid, and with the same entries as the Atom feeds."""

from __future__ import annotations

import json

import jsonschema

from tests.atom_rules import ATOM
from tests.site.feeds.feed_samples import JSON_FEED, entries_of, feed_files, read_atom, sample_days


def test_json_feeds_match_version_1_1() -> None:
    feeds = {name: json.loads(content) for name, content in feed_files(*sample_days()).items() if name[-5:] == ".json"}
    assert len(feeds) == 6
    for feed in feeds.values():
        jsonschema.validate(feed, JSON_FEED)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"


def test_both_formats_have_the_same_ids_titles_links_and_contents() -> None:
    files = feed_files(*sample_days())
    for name in ("feed", "papers", "settled"):
        parsed = read_atom(files[f"{name}.xml"])
        items = json.loads(files[f"{name}.json"])["items"]
        assert items
        assert [(entry.id, entry.title, entry.link) for entry in parsed.entries] == [
            (item["id"], item["title"], item["url"]) for item in items
        ]
        assert [entry.findtext(f"{ATOM}content") for entry in entries_of(files[f"{name}.xml"])] == [
            item["content_html"] for item in items
        ]
