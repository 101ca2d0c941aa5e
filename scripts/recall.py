"""How well and how quickly a built site's search answers: recall at ten, waiting times, bytes of a first search.

The folder of a built site goes in, whose archive holds the papers of tests/data/queries.jsonl: the recorded days with
the digests imported. Lines come out: one for each query that misses a paper, then the figures of each set of queries
and language. The set `first` has served to make the search what it is, and then what `second` missed the glossary. The
papers of `second` and `held-out` were drawn by lot, and their queries written before any was asked; `held-out` has
served for nothing yet. The site is asked in Chromium, by the scripts that its readers have; pictures of other hosts are
not loaded.

A query looks for `papers`, each of which counts, or for papers with a word in their title, `titled`, which counts as
one that is found where half of the results have it.
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

from tests.browser.chromium import find  # noqa: E402  # beside the tests, whose browser it is
from tests.browser.visiting import serve  # noqa: E402

QUERIES = ROOT / "tests/data/queries.jsonl"
FIRST = 10
SESSION = 20
"""How many queries a reader asks of one page: Pagefind grows slower with all it has loaded."""
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# Sorted otherwise, the query loads what of the index it needs, and leaves no answer that the next could take.
WARM = """
async (q) => {
  const script = document.querySelector('script[type="module"][src$="js/main.mjs"]').src;
  const { getEngine } = await import(new URL("search/client.mjs", script));
  const engine = await getEngine(document.querySelector("dp-search-page"));
  await engine.search({ q, sort: "date", filters: {} }, new AbortController().signal);
}
"""
# The last key puts the whole query into the field, so that no word of it was asked for by the keys before.
TYPE = """
async (query) => {
  const finder = document.querySelector("dp-search-page");
  const field = finder.querySelector("input[name=q]");
  const drawn = new Promise((resolve) => {
    const observer = new MutationObserver(() => { observer.disconnect(); resolve(); });
    observer.observe(finder.querySelector(".dp-papers"), { childList: true });
    setTimeout(resolve, 30_000); // nothing is drawn where nothing was and nothing is found
  });
  const pressed = performance.now();
  field.value = query;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await drawn;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const waited = performance.now() - pressed;
  const links = [...finder.querySelectorAll(".dp-result .dp-title a")];
  return { waited, found: links.map((link) => [decodeURIComponent(link.hash.slice(1)), link.textContent]) };
}
"""


class Query(msgspec.Struct, frozen=True):
    set: str
    language: str
    query: str
    papers: tuple[str, ...] = ()
    titled: str = ""
    """In lower case."""

    def missed(self, found: Sequence[tuple[str, str]]) -> list[str]:
        """Return what is not among `found`, ids and titles of papers."""
        if self.titled:
            titled = sum(self.titled in title.lower() for _, title in found)
            return [] if titled >= FIRST / 2 else [f"{self.titled} in titles ({titled})"]
        ids = {paper for paper, _ in found}
        return [paper for paper in self.papers if paper not in ids]

    @property
    def wanted(self) -> int:
        return 1 if self.titled else len(self.papers)


class Answer(msgspec.Struct, frozen=True):
    waited: float
    """Milliseconds from the key to the results, the pause before a search is begun counted."""
    found: tuple[tuple[str, str], ...]
    """Id and title of what is shown, the best first."""


def main(site: Path) -> None:
    queries = [msgspec.json.decode(line, type=Query) for line in QUERIES.read_bytes().splitlines()]
    answers: list[Answer] = []
    with serve(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=["--no-sandbox", OFFLINE])
        for start in range(0, len(queries), SESSION):
            page = _opened(browser, address)
            for query in queries[start : start + SESSION]:
                page.evaluate(WARM, query.query)
                answers.append(msgspec.convert(page.evaluate(TYPE, query.query), Answer))
            page.context.close()
        loaded = [(_cold(browser, address, query), query) for query in _two_words(queries)]
        browser.close()
    waited = [(answer.waited, query.query) for query, answer in zip(queries, answers, strict=True)]
    _print_recall(queries, answers)
    _print_spread("From key press to results, warm", "ms", waited)
    _print_spread("Loaded by a first query of two words, cold", "kB", loaded)


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{address}search/")
    page.wait_for_selector("dp-search-page:defined")
    page.wait_for_load_state("networkidle")
    return page


def _cold(browser: Browser, address: str, query: str) -> float:
    """Return the kilobytes of all that the site is asked for from the first key to the results.

    Each file counts as gzipped, as hosts send it; Pagefind's own are stored so.
    """
    page = _opened(browser, address)
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.evaluate(TYPE, query)
    size = sum(_sent(response.body()) for response in responses if response.url.startswith("http://127.0.0.1"))
    page.context.close()
    return size / 1000


def _sent(body: bytes) -> int:
    return min(len(body), len(gzip.compress(body, 6)))


def _two_words(queries: Iterable[Query]) -> list[str]:
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
