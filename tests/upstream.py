"""A scriptable Hugging Face on loopback: real HTTP for tests, with a fault of one's choice for each request.

    from tests.upstream import Upstream, answer, record, reset

    with Upstream() as up:
        up.days["2026-07-15"] = [record("2607.00001", votes=7), record("2607.00002")]
        up.then(answer(503, "<html>…"), reset())     # the next two requests; later ones are served faithfully
        up.always(answer(429), date="2026-07-16")    # every request for that date
        … ask up.url …
        assert [request.query["date"] for request in up.requests] == [...]

It serves /api/daily_papers as the real one does: `limit` (default 50, at most `max_limit`), `p`, a Link header
when there is more, RateLimit headers, `[]` for a date that is not in `days`, 400 for what is not a date or is after
`today`. A day's value is a list of records, or the bytes to send as they are.

Beside it arXiv: /api/query tells of each id that is asked for, as `up.arxiv` says, or else of two authors; requests are
noted in `up.arxiv_requests`, and `up.arxiv_then` gives the next ones an answer of their own.
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
"""Answers one request in its own way, or, by calling `handler.serve()`, faithfully after all."""


@dataclass(frozen=True)
class Request:
    """One request as it came; header names are in lower case."""

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
    """The server, while its `with` block lasts. `days` and the attributes may be changed at any time."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.days: dict[str, list[Any] | bytes] = {}
        self.requests: list[Request] = []
        self.max_limit = MAX_LIMIT
        self.link = True
        """Whether a Link header tells that there is more."""
        self.today: str | None = None
        """A later date answers 400; None: no date does."""
        self.rate_limit: str | None = '"api";r=490;t=120'
        """The RateLimit header of every faithful answer."""
        self._scripts: defaultdict[str | None, _Script] = defaultdict(_Script)
        self.arxiv: dict[str, str | None] = {}
        """The entry of an id, or None for one arXiv does not know."""
        self.arxiv_requests: list[list[str]] = []
        """The ids of each."""
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
        """Answer every request (for `date`, if given) with `fault`; None: faithfully again."""
        self._scripts[date].always = fault

    def arxiv_then(self, *faults: Fault) -> None:
        """Answer the next questions to arXiv with `faults`, one each."""
        self._arxiv_script.once.extend(faults)

    def arxiv_always(self, fault: Fault | None) -> None:
        self._arxiv_script.always = fault

    def next_arxiv_fault(self, ids: list[str]) -> Fault | None:
        with self.lock:
            self.arxiv_requests.append(ids)
            return self._arxiv_script.next()

    def next_fault(self, request: Request) -> Fault | None:
        """Note `request` and return the fault it gets, if any. Called by the handler."""
        with self.lock:
            self.requests.append(request)
            date = request.query.get("date")
            for key in (date, None):
                if key in self._scripts and (fault := self._scripts[key].next()):
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection; a fault gets it and may write to it what it likes."""

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
        """Answer as Hugging Face would."""
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


# arXiv's answers.


def entry(paper_id: str, *authors: str, more: str = "", version: int = 1) -> str:
    """An Atom entry in the shape that arXiv's API sends; `more` are elements of one's own."""
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


# Faults. Each returns what answers one request.


def answer(status: int, body: object = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """This status, and `body`: bytes, text (sent as HTML), or anything else as JSON."""

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
    """200 and `body`, compressed by gzip, said to be compressed by `encoding`."""
    return answer(200, gzip.compress(body), {"Content-Encoding": encoding})


def bomb(megabytes: int) -> Fault:
    """200 and a small gzip that unpacks to as many blanks."""
    squeeze = zlib.compressobj(9, wbits=31)
    packed = b"".join(squeeze.compress(b" " * 2**20) for _ in range(megabytes)) + squeeze.flush()
    return answer(200, packed, {"Content-Encoding": "gzip"})


def reset() -> Fault:
    """The connection is closed without an answer."""
    return Handler.hang_up


def cut(body: bytes, headers: Mapping[str, str] | None = None) -> Fault:
    """200 and half of `body`, though Content-Length promised all of it."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Content-Length": str(len(body)), **(headers or {})})
        handler.wfile.write(body[: len(body) // 2])
        handler.hang_up()

    return send


def cut_unseen(body: bytes) -> Fault:
    """200 and half of `body`, ended by closing the connection, as if that were all."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Connection": "close"})
        handler.wfile.write(body[: len(body) // 2])
        handler.hang_up()

    return send


def stall(seconds: float) -> Fault:
    """Nothing for that long, then a faithful answer."""

    def send(handler: Handler) -> None:
        handler.upstream.stopped.wait(seconds)
        handler.serve()

    return send


def stall_in_body(seconds: float) -> Fault:
    """200 and one byte of its body, then nothing for that long, then the connection is closed."""

    def send(handler: Handler) -> None:
        handler.send_head(200, {"Content-Length": "1000"})
        handler.wfile.write(b"[")
        handler.wfile.flush()
        handler.upstream.stopped.wait(seconds)
        handler.hang_up()

    return send


def drip(every_s: float = 0.05, part: str = "body") -> Fault:
    """Bytes one by one without end, of the `body` or already of the `headers`."""

    def send(handler: Handler) -> None:
        if part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.send_head(200, {"Content-Length": "1000000"})
        while not handler.upstream.stopped.wait(every_s):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return send


# Records, in our own words.


def record(paper_id: str = "2607.00001", *, date: str = "2026-07-15", **changes: Any) -> Record:
    """A record in the shape that Hugging Face sends in 2026, listed on `date`.

    `title`, `votes`, `authors` (names), `summary` and `keywords` are put where they belong; any other keyword stands
    for a key of `paper`. Take the result and change or delete keys for what else a test needs.
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
