"""How much of what queries look for is among the first ten results: recall at ten, by language.

The folder of a built site goes in, whose archive holds the papers of the queries; lines come out, a line for each query
that misses a paper, then the figures. The site is asked in Chromium, by the scripts that its readers have.
"""

from __future__ import annotations

import http.server
import json
import statistics
import sys
import threading
from collections import defaultdict
from functools import partial
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browser.chromium import find  # noqa: E402  # beside the tests, whose browser it is

QUERIES = ROOT / "tests/data/queries.jsonl"
FIRST = 10
ASK = """
async ([queries, first]) => {
  const script = document.querySelector('script[type="module"][src$="js/main.mjs"]').src;
  const { engineOf } = await import(new URL("search.mjs", script));
  const engine = await engineOf(document.querySelector("dp-finder"));
  const answers = [];
  for (const q of queries) {
    const ask = async () => (await (await engine.find({ q, sort: "", filters: {} })).next(first)).map(({ id }) => id);
    const cold = performance.now();
    const ids = await ask();
    answers.push([ids, performance.now() - cold]);
  }
  return answers;
}
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def main(site: Path) -> None:
    queries = [json.loads(line) for line in QUERIES.read_text("utf-8").splitlines()]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/search/")
        page.wait_for_selector("dp-finder:defined")
        answers = page.evaluate(ASK, [[query["query"] for query in queries], FIRST])
        browser.close()
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for query, (ids, _) in zip(queries, answers, strict=True):
        missing = [paper for paper in query["papers"] if paper not in ids]
        counts = found[query["language"]]
        counts[0] += len(query["papers"]) - len(missing)
        counts[1] += len(query["papers"])
        if missing:
            print(f"{query['language']}: {query['query']}: without {', '.join(missing)}")
    for language, (hits, wanted) in sorted(found.items()):
        print(f"{language}: {hits} of {wanted} papers among the first {FIRST}: {hits / wanted:.3f}")
    print(f"median of a query's first answer: {statistics.median(taken for _, taken in answers):.0f} ms")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("scripts/recall: expected the folder of a built site")
    main(Path(sys.argv[1]))
