"""Catalogue of faults: each has a number, a cause and the required outcome.

A test that provokes fault 5 is marked with `@pytest.mark.fault(5)`. At its end a test run reports how many faults had
the required outcome (tests/conftest.py), and tests/test_faults.py fails if a fault has no test. Groups: A and B are
transport and payload of Hugging Face, C is arXiv, E the store and the process, G options, build and deployment. D,
models, and F, digests, have tables of their own in tests/jobs/test_summarize.py and tests/formats/test_digest.py.
"""

from __future__ import annotations

FAULTS = {
    # A. Hugging Face, transport
    1: "no connection, no name: tried a few times, named with its host, the archive kept, the site built from it",
    2: "TLS: tried once more, said to be that",
    3: "a read that stalls in the middle: tried again, no part of it seen",
    4: "a byte now and then: the deadline ends it",
    5: "429 with a window that turns in 55 s: waits 56 s and goes on",
    6: "429 with a wait of a day: left to the next run, which is told until when",
    7: "429 with a wait that makes no sense: backs off all the same",
    8: "500, 502, 503, 504 in a row, then an answer: as if nothing was",
    9: "200 with a page of HTML: what was expected and what came, the archive kept",
    10: "403: not asked again in this run, for any date",
    11: "401 for a token: asked once more without it, and the token is never shown",
    12: "400 and 404 with a message: quoted; a date to come is none to worry about",
    13: "a body that is cut, by length or by closing: tried again, the archive kept",
    14: "a gzip bomb, a body without end: let go at the cap",
    15: "redirects in a circle or elsewhere: refused, both addresses named, no token sent",
    16: "the list of another date: refused",
    # B. Hugging Face, payload
    17: "an empty list on a weekday, at a weekend, or of a stored day: noted as empty, what is stored is kept",
    18: "no list at all: called by its name",
    19: "one malformed record of fifty: it alone is set aside, as it came",
    20: "any field absent, and all but the id: a paper",
    21: "fields never seen, or renamed: read past, and told once",
    22: "as many records as were asked for, and a paging that repeats itself: all papers, once each, and an end",
    23: "one id twice in a day, or on two days: one entry a day, and the days lead to each other",
    24: "ids with a version, of the old style, mangled, or leading elsewhere: one form, or set aside",
    25: "ten thousand authors, a name of a megabyte: folded and cut on the page, whole in the record",
    26: "votes below zero, beyond all bounds, no number: the field is set aside",
    27: "fewer votes, a paper that is gone: the union, and when it was last seen",
    28: "instants that are none: the field unknown, the record kept",
    29: "half characters, controls, marks that cannot be seen: valid UTF-8, always",
    30: "titles of any length, and with the marks of every language: shown as they are",
    31: "markup and scripts in every text: escaped wherever it stands",
    32: "addresses that must not be linked to: text",
    33: "media of unknown kinds, odd files: linked or left out, by what they are and not by their name",
    34: "addresses that lead into one's own network: refused when connecting, at every hop",
    # C. arXiv
    35: "429 and 503 for hours: days without, the rest asked for in the next run, one request in three seconds",
    36: "one id that spoils a list: found by halving, the others are told of",
    37: "fewer entries, another order, repeats, newer versions: matched by id, missing ones known",
    38: "a valid feed with nothing in it: tried again, then unavailable, never withdrawn",
    39: "HTML, cut XML, entities, another encoding: the answer discarded, no file and no address read",
    # E. Store and process
    44: "killed anywhere: the next run completes, the archive is that of an untouched run",
    45: "a disk that takes nothing: the path is named, what was there is kept",
    46: "two runs at once: the second is told who holds the lock and since when; a stale one keeps nobody out",
    47: "a stored file that is damaged: found, set aside, asked for again, the others unaffected",
    48: "a file of another schema: refused with both numbers",
    49: "links and odd names in the store: nothing outside of it is touched",
    50: "clocks, leap days, year ends: no day to come is asked for, none is left out",
    51: "Ctrl-C: 130, no traceback, what is stored is kept",
    # G. Options, build and deployment
    55: "a mistaken option: named with what was expected, before anything is asked",
    56: "text that would break a template: that text, and the rest of the page",
    57: "a site that lost dates or size: not published, the old one stays",
    58: "a push that is refused: rebased and tried again, a conflict never forced",
    59: "nights that were skipped: made good by the next",
    60: "a build without a network: the same bytes of a full archive, a page that says so of an empty one",
}
