"""A scriptable Hugging Face on loopback: real HTTP for tests, with a fault of the test's choice for each request.

    from tests.upstream import Upstream, answer, record, reset

    with Upstream() as up:
        up.days["2026-07-15"] = [record("2607.00001", votes=7), record("2607.00002")]
        up.then(answer(503, "<html>…"), reset())     # the next two requests; later ones are served faithfully
        up.always(answer(429), date="2026-07-16")    # every request for that date
        … ask up.url …
        assert [request.query["date"] for request in up.requests] == [...]

/api/daily_papers behaves as the real one: `limit` (default 50, at most `max_limit`), `p`, a Link header if there are
more records, RateLimit headers, `[]` for a date that is not in `days`, 400 for an invalid date or one after `today`.
The value of a day is a list of records, or the bytes of the answer.

/api/query behaves as arXiv: it has an entry for each requested id, from `up.arxiv` or with two authors. The requested
ids are in `up.arxiv_requests`, and `up.arxiv_then` sets the answers to the next requests.
"""

from __future__ import annotations

import copy
import datetime as dt
import gzip
import json
import urllib.parse
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import Loopback, Server

API = "/api/daily_papers"
ARXIV_API = "/api/query"
DEFAULT_LIMIT = 50
MAX_LIMIT = 100

Record = dict[str, Any]
Fault = Callable[["Handler"], None]
"""Answers one request; `handler.serve()` gives the faithful answer."""


@dataclass(frozen=True)
class Request:
    """One request as received; header names are in lower case."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class _Script:
    once: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None

    def next(self) -> Fault | None:
        return self.once.popleft() if self.once else self.always


class Upstream(Loopback):
    """The server. It runs inside its `with` block; `days` and the other attributes may change at any time."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.days: dict[str, list[Any] | bytes] = {}
        self.requests: list[Request] = []
        self.max_limit = MAX_LIMIT
        self.link = True
        """True if an answer has a Link header when there are more records."""
        self.today: str | None = None
        """A later date is answered with 400; None if no date is."""
        self.rate_limit: str | None = '"api";r=490;t=120'
        """The RateLimit header of every faithful answer; None for none."""
        self._scripts: defaultdict[str | None, _Script] = defaultdict(_Script)
        self.arxiv: dict[str, str | None] = {}
        """arXiv's entry by id; None for an id that arXiv does not know."""
        self.arxiv_requests: list[list[str]] = []
        """The ids of each request to arXiv."""
        self._arxiv_script = _Script()

    def list_papers(self, date: str, *records: Record) -> None:
        """List `records` on `date`, as submitted on it."""
        self.days[date] = [
            {**one, "paper": {**one["paper"], "submittedOnDailyAt": f"{date}T00:00:00.000Z"}} for one in records
        ]

    def then(self, *faults: Fault, date: str | None = None) -> None:
        """Answer the next requests (for `date`, if given) with `faults`, one each."""
        self._scripts[date].once.extend(faults)

    def always(self, fault: Fault | None, date: str | None = None) -> None:
        """Answer every request (for `date`, if given) with `fault`; faithfully again if it is None."""
        self._scripts[date].always = fault

    def arxiv_then(self, *faults: Fault) -> None:
        """Answer the next requests to arXiv with `faults`, one each."""
        self._arxiv_script.once.extend(faults)

    def arxiv_always(self, fault: Fault | None) -> None:
        self._arxiv_script.always = fault

    def next_arxiv_fault(self, ids: list[str]) -> Fault | None:
        with self.lock:
            self.arxiv_requests.append(ids)
            return self._arxiv_script.next()

    def next_fault(self, request: Request) -> Fault | None:
        """Record `request` and return its fault, if any. Called by the handler."""
        with self.lock:
            self.requests.append(request)
            date = request.query.get("date")
            for key in (date, None):
                if key in self._scripts and (fault := self._scripts[key].next()):
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection; a fault writes its answer to it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    @property
    def upstream(self) -> Upstream:
        owner: Upstream = self.server.owner
        return owner

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        self.route = url.path
        self.query = dict(urllib.parse.parse_qsl(url.query))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.route == ARXIV_API:
            ids = self.query["id_list"].split(",")
            fault = self.upstream.next_arxiv_fault(ids)
            with self.upstream.under_way():
                (fault or answer_arxiv(ids))(self)
            return
        fault = self.upstream.next_fault(Request(self.route, self.query, headers))
        with self.upstream.under_way():
            if fault:
                fault(self)
            else:
                self.serve()

    def serve(self) -> None:
        """Answer as Hugging Face does."""
        if self.route != API:
            self.send_json(404, {"error": "Sorry, we can't find the page you are looking for."})
            return
        try:
            date = str(dt.date.fromisoformat(self.query["date"]))
            limit, page = int(self.query.get("limit", DEFAULT_LIMIT)), int(self.query.get("p", 0))
            if not 1 <= limit <= MAX_LIMIT or page < 0:
                raise ValueError(f"limit {limit}, p {page}")
        except (KeyError, ValueError) as e:
            self.send_json(400, {"error": f"Invalid input: {e}"})
            return
        if self.upstream.today and date > self.upstream.today:
            self.send_json(400, {"error": f"Date must be before or equal to {self.upstream.today}"})
            return
        self._send_page(date, min(limit, self.upstream.max_limit), page)

    def _send_page(self, date: str, limit: int, page: int) -> None:
        records = self.upstream.days.get(date, [])
        headers = {"RateLimit": self.upstream.rate_limit} if self.upstream.rate_limit else {}
        if isinstance(records, bytes):
            self.send_bytes(200, records, {"Content-Type": "application/json; charset=utf-8", **headers})
            return
        if self.upstream.link and len(records) > (page + 1) * limit:
            query = urllib.parse.urlencode({**self.query, "p": page + 1})
            headers["Link"] = f'<{self.upstream.url}{API}?{query}>; rel="next"'
        self.send_json(200, records[page * limit : (page + 1) * limit], headers)

    def send_json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_bytes(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})

    def send_bytes(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_head(status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def hang_up(self) -> None:
        self.close_connection = True


# Answers of arXiv


def entry(paper_id: str, *authors: str, more: str = "", version: int = 1) -> str:
    """Return an Atom entry as arXiv's API sends it; `more` are further elements."""
    people = "".join(f"<author><name>{name}</name></author>" for name in authors or ("Ada Brook", "Ben Ford"))
    return (
        f"<entry><id>http://arxiv.org/abs/{paper_id}v{version}</id><title>Of rivers</title>"
        f"<updated>2026-07-13T17:59:59Z</updated><published>2026-07-13T17:59:59Z</published>"
        f"<summary>Water $h_2$.</summary>{people}"
        f'<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CL"/>'
        f'<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>{more}</entry>'
    )


def atom(*entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Query</title>'
        f"<id>http://arxiv.org/api/x</id><updated>2026-07-15T00:00:00-04:00</updated>{''.join(entries)}</feed>"
    )


ARXIV_ERROR = atom(
    "<entry><id>https://arxiv.org/api/errors#incorrect_id</id><title>Error</title><summary>wrong id</summary></entry>"
)


def answer_arxiv(ids: list[str]) -> Fault:
    def send(handler: Handler) -> None:
        known = handler.upstream.arxiv
        entries = (known.get(paper_id, entry(paper_id)) for paper_id in ids[: int(handler.query["max_results"])])
        handler.send_bytes(200, atom(*filter(None, entries)).encode(), {"Content-Type": "application/atom+xml"})

    return send


# Faults: each function returns one.


def answer(status: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Answer with this status and `body`: bytes, text (sent as HTML), or any other value as JSON."""

    def send(handler: Handler) -> None:
        if isinstance(body, bytes):
            handler.send_bytes(status, body, headers or {})
        elif isinstance(body, str):
            handler.send_bytes(status, body.encode(), {"Content-Type": "text/html; charset=utf-8", **(headers or {})})
        else:
            handler.send_json(status, body, headers)

    return send


def redirect(to: str, status: int = 302) -> Fault:
    return answer(status, b"", {"Location": to})


def zipped(body: bytes, encoding: str = "gzip") -> Fault:
    """Answer 200 with `body` compressed by gzip, and a header that names `encoding`."""
    return answer(200, gzip.compress(body), {"Content-Encoding": encoding})


def bomb(megabytes: int) -> Fault:
    """Answer 200 with a small gzip that decompresses to as many megabytes of blanks."""
    squeeze = zlib.compressobj(9, wbits=31)
    packed = b"".join(squeeze.compress(b" " * 2**20) for _ in range(megabytes)) + squeeze.flush()
    return answer(200, packed, {"Content-Encoding": "gzip"})


def reset() -> Fault:
    """Close the connection without an answer."""
    return Handler.hang_up


def cut(body: bytes, headers: Mapping[str, str] | None = None) -> Fault:
    """Answer 200 with half of `body` and a Content-Length of all of it."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Content-Length": str(len(body)), **(headers or {})})
        handler.wfile.write(body[: len(body) // 2])
        handler.hang_up()

    return send


def cut_unseen(body: bytes) -> Fault:
    """Answer 200 with half of `body` and no Content-Length, then close the connection."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Connection": "close"})
        handler.wfile.write(body[: len(body) // 2])
        handler.hang_up()

    return send


def stall(seconds: float) -> Fault:
    """Wait for `seconds`, then answer faithfully."""

    def send(handler: Handler) -> None:
        handler.upstream.stopped.wait(seconds)
        handler.serve()

    return send


def stall_in_body(seconds: float) -> Fault:
    """Answer 200 with one byte of a longer body, wait for `seconds`, then close the connection."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Content-Length": "1000"})
        handler.wfile.write(b"[")
        handler.wfile.flush()
        handler.upstream.stopped.wait(seconds)
        handler.hang_up()

    return send


def drip(every_s: float = 0.05, part: str = "body") -> Fault:
    """Send bytes one by one without end, as the `body` or as `headers`."""

    def send(handler: Handler) -> None:
        if part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.send_head(200, {"Content-Length": "1000000"})
        while not handler.upstream.stopped.wait(every_s):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return send


# Records


def record(paper_id: str = "2607.00001", *, date: str = "2026-07-15", **changes: Any) -> Record:
    """Return a record as Hugging Face sends it in 2026, listed on `date`.

    `title`, `votes`, `authors` (names), `summary` and `keywords` are set in all their places; any other keyword is a
    key of `paper`. A test may change or delete further keys of the result.
    """
    title = changes.pop("title", f"Paper {paper_id}: a study of small rivers")
    names = changes.pop("authors", ["Ada Brook", "Ben Ford"])
    summary = changes.pop("summary", "We watch water run downhill.  It does so on every day we looked.")
    person = {
        "_id": "0" * 24,
        "avatarUrl": "/avatars/x.svg",
        "isPro": False,
        "fullname": "Cy Delta",
        "user": "cy",
        "type": "user",
    }
    organization = {
        "_id": "1" * 24,
        "name": "river-lab",
        "fullname": "River Lab",
        "avatar": "https://cdn-avatars.huggingface.co/a.png",
    }
    media = [f"https://cdn-uploads.huggingface.co/production/uploads/cy/{paper_id}.mp4"]
    paper = {
        "id": paper_id,
        "authors": [{"_id": f"{n:024x}", "name": name, "hidden": False} for n, name in enumerate(names)],
        "mediaUrls": media,
        "publishedAt": "2026-07-13T17:59:59.000Z",
        "submittedOnDailyAt": f"{date}T00:00:00.000Z",
        "title": title,
        "submittedOnDailyBy": {**person, "name": "cy"},
        "summary": summary,
        "upvotes": changes.pop("votes", 3),
        "discussionId": "2" * 24,
        "projectPage": "https://rivers.example/",
        "githubRepo": "https://github.com/river-lab/rivers",
        "githubRepoAddedBy": "user",
        "ai_summary": "Water is seen to run downhill on all days of the study.",
        "ai_keywords": changes.pop("keywords", ["rivers", "gravity"]),
        "ai_summary_model": "an-example-model",
        "githubStars": 12,
        "organization": organization,
    }
    paper.update(changes)
    return {
        "paper": paper,
        "publishedAt": "2026-07-13T13:59:59.000Z",
        "title": title,
        "summary": summary,
        "mediaUrls": copy.copy(media),
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper_id}.png",
        "numComments": 1,
        "submittedBy": {
            "_id": "0" * 24,
            "avatarUrl": "/avatars/x.svg",
            "fullname": "Cy Delta",
            "name": "cy",
            "type": "user",
            "isPro": False,
        },
        "organization": copy.copy(organization),
        "isAuthorParticipating": False,
    }
