"""Pages of search records: text from strangers stays text."""

from __future__ import annotations

import datetime as dt

from daily_papers.search.record_pages import record_html
from daily_papers.search.records import Record

MARCH = dt.date(2024, 3, 4)


def test_a_hostile_title_stays_text() -> None:
    page = record_html(Record(id="2403.00001", date=MARCH, title="</span><script>alert(1)</script> & \ud800"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
