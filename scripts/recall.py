"""Measures the search of a built site: recall at ten, waiting times, and bytes of a first search.

The archive of the site must contain the papers of tests/data/queries.jsonl: the recorded days with the digests
imported. Prints a line for each query that misses a paper, then the recall of each set of queries and language. The
queries run in Chromium, with the scripts of the site. Images of other hosts are not loaded.

The set `first` was used to develop the search, and the misses of `second` to write its glossary. The papers of `second`
and `held-out` were chosen at random, and their queries written before any was run. `held-out` has not been used for
development yet.

A query looks for each of its `papers`, or for papers with the word `titled` in their title. The latter counts as one
found paper if half of the results have that word.
"""

from __future__ import annotations

import gzip
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, Page, Response, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find  # noqa: E402  # needs the path above
from tests.browser.visit import serve  # noqa: E402

QUERIES = ROOT / "tests/data/queries.jsonl"
FIRST = 10
SESSION = 20
"""Queries per page load, as of a reader: Pagefind becomes slower with every part of the index that it has loaded."""
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# Load the parts of the index that a query needs. Sorted by date, so that its result is not cached for the next call.
WARM = """
async (q) => {
  const script = document.querySelector('script[type="module"][src$="js/main.mjs"]').src;
  const { getEngine } = await import(new URL("search/client.mjs", script));
  const engine = await getEngine(document.querySelector("dp-search-page"));
  await engine.search({ q, sort: "date", filters: {} }, new AbortController().signal);
}
"""
# Put the whole query into the field by a single key press, so that no earlier key press has searched for a part of it.
TYPE = """
async (query) => {
  const finder = document.querySelector("dp-search-page");
  const field = finder.querySelector("input[name=q]");
  const rendered = new Promise((resolve) => {
    const observer = new MutationObserver(() => { observer.disconnect(); resolve(); });
    observer.observe(finder.querySelector(".dp-papers"), { childList: true });
    setTimeout(resolve, 30_000); // nothing changes if there were no results before and are none now
  });
  const pressed = performance.now();
  field.value = query;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await rendered;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const waited = performance.now() - pressed;
  const links = [...finder.querySelectorAll(".dp-result .dp-title a")];
  return { waited, found: links.map((link) => [decodeURIComponent(link.hash.slice(1)), link.textContent]) };
}
"""


class Query(msgspec.Struct, frozen=True):
    """A line of tests/data/queries.jsonl."""

    set: str
    language: str
    query: str
    papers: tuple[str, ...] = ()
    titled: str = ""
    """Word in lower case."""

    def missed(self, found: Sequence[tuple[str, str]]) -> list[str]:
        """Return the wanted papers or word missing from `found`, ids and titles of papers."""
        if self.titled:
            titled = sum(self.titled in title.lower() for _, title in found)
            return [] if titled >= FIRST / 2 else [f"{self.titled} in titles ({titled})"]
        ids = {paper for paper, _ in found}
        return [paper for paper in self.papers if paper not in ids]

    @property
    def wanted(self) -> int:
        return 1 if self.titled else len(self.papers)


class Answer(msgspec.Struct, frozen=True):
    """Result of a query in the browser."""

    waited: float
    """Milliseconds from the key press to the results, including the delay before a search starts."""
    found: tuple[tuple[str, str], ...]
    """Ids and titles of the papers shown, best first."""


def main(site: Path) -> None:
    queries = [msgspec.json.decode(line, type=Query) for line in QUERIES.read_bytes().splitlines()]
    answers: list[Answer] = []
    with serve(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=["--no-sandbox", OFFLINE])
        for start in range(0, len(queries), SESSION):
            page = _open(browser, address)
            for query in queries[start : start + SESSION]:
                page.evaluate(WARM, query.query)
                answers.append(msgspec.convert(page.evaluate(TYPE, query.query), Answer))
            page.context.close()
        loaded = [(_measure_first_search(browser, address, query), query) for query in _two_word_queries(queries)]
        browser.close()
    waited = [(answer.waited, query.query) for query, answer in zip(queries, answers, strict=True)]
    _print_recall(queries, answers)
    _print_spread("From key press to results, warm", "ms", waited)
    _print_spread("Loaded by a first query of two words, cold", "kB", loaded)


def _open(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{address}search/")
    page.wait_for_selector("dp-search-page:defined")
    page.wait_for_load_state("networkidle")
    return page


def _measure_first_search(browser: Browser, address: str, query: str) -> float:
    """Return the kilobytes loaded from the first key press to the results.

    Files count as compressed by gzip, as web servers send them. Pagefind's files are compressed already.
    """
    page = _open(browser, address)
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.evaluate(TYPE, query)
    size = sum(
        _compressed_size(response.body()) for response in responses if response.url.startswith("http://127.0.0.1")
    )
    page.context.close()
    return size / 1000


def _compressed_size(body: bytes) -> int:
    return min(len(body), len(gzip.compress(body, 6)))


def _two_word_queries(queries: Iterable[Query]) -> list[str]:
    return [query.query for query in queries if len(query.query.split()) == 2]


def _print_recall(queries: Sequence[Query], answers: Sequence[Answer]) -> None:
    counts: dict[tuple[str, str], list[int]] = {}
    for query, answer in zip(queries, answers, strict=True):
        missed = query.missed(answer.found)
        count = counts.setdefault((query.set, query.language), [0, 0])
        count[0] += query.wanted - len(missed)
        count[1] += query.wanted
        if missed:
            print(f"{query.set} {query.language}: {query.query}: without {', '.join(missed)}")
    for (kind, language), (hits, wanted) in counts.items():
        print(f"{kind} {language}: {hits} of {wanted} among the first {FIRST}: {hits / wanted:.3f}")


def _print_spread(title: str, unit: str, values: Sequence[tuple[float, str]]) -> None:
    numbers = sorted(value for value, _ in values)
    most, query = max(values)
    print(
        f"{title}: median {statistics.median(numbers):.0f} {unit}, "
        f"95th percentile {numbers[int(0.95 * (len(numbers) - 1))]:.0f} {unit}, most {most:.0f} {unit} ({query})"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("scripts/recall: expected the folder of a built site")
    main(Path(sys.argv[1]))
