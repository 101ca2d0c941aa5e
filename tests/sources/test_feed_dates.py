"""Dates of feeds are read rightly, or not at all."""

from __future__ import annotations

import pytest

from daily_papers.sources.feed_dates import read_instant

READ = {
    "2016/6/29": "2016-06-29T00:00:00",
    "2026/11/16 15:07:41": "2026-11-16T15:07:41",
    "2026.11.16": "2026-11-16T00:00:00",
    "2026. 11. 16. 오후 3:07": "2026-11-16T15:07:00",
    "2026년 11월 16일": "2026-11-16T00:00:00",
    "2026년 11월 16일 (월) 오전 12:30": "2026-11-16T00:30:00",
    "2026年11月16日": "2026-11-16T00:00:00",
    "2026-11-16T01:02:03.5+09:00": "2026-11-15T16:02:03",
    "2026-11-16 01:02 -0500": "2026-11-16T06:02:00",
    "2026-11-16T10:00:00+09": "2026-11-16T01:00:00",
    "20261116T010203Z": "2026-11-16T01:02:03",
    "Mon, 16 Nov 2026 01:02:03 GMT": "2026-11-16T01:02:03",
    "Mon, 16 Nov 2026 01:02 EST": "2026-11-16T06:02:00",
    "Tue, 17 Nov 2026 08:00:00 KST": "2026-11-16T23:00:00",
    "Tue, 17 Nov 2026 08:00:00 +0900 (KST)": "2026-11-16T23:00:00",
    "16-Nov-26": "2026-11-16T00:00:00",
    "November 16th, 2026 3:07 pm": "2026-11-16T15:07:00",
    "Mon Nov 16 15:07:41 KST 2026": "2026-11-16T06:07:41",
    "Mon Nov 16 2026 15:07:41 GMT+0900 (Korean Standard Time)": "2026-11-16T06:07:41",
    "Mon, 16 Nov 2026 24:00:00 GMT": "2026-11-17T00:00:00",
    "2026-11-16T23:59:60Z": "2026-11-16T23:59:59",
}


@pytest.mark.parametrize(("text", "instant"), READ.items())
def test_a_date_in_a_known_form_is_read(text: str, instant: str) -> None:
    assert str(read_instant(text)) == f"{instant.replace('T', ' ')}+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026",
        "2026-11",
        "2026-02-30",
        "03/04/2026",
        "1479253200",
        "Mon, 99 Jul 2026 00:00:00 GMT",
        "Mon, 16 Nov 2026 25:00:00 GMT",
        "Mon, 16 Nov 2026 24:00:01 GMT",
        "Mon, 16 Nov 2026 10:00:00 XYZ",
        "2026-11-16T10:00:00+99:00",
        "Mon, 13 Jul 0001 00:00:00 GMT",
        "2026-11-16 and more",
        "9" * 1000,
    ],
)
def test_any_other_text_is_no_date(text: str) -> None:
    assert read_instant(text) is None
