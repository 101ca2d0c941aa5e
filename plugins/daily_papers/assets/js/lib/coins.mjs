// Citation data from COinS spans: the `title` of a span is an OpenURL query string, written by components/coins.py.

/** @typedef {import("./citation-formats.mjs").Paper} Paper */

/**
 * @param {string} id
 * @param {string} coins the span's title
 * @param {number} [count] total number of authors, if the span contains only the first ones
 * @returns {Paper}
 */
export function parseCoins(id, coins, count = 0) {
  const values = new URLSearchParams(coins);
  const authors = values.getAll("rft.au");
  const ids = values.getAll("rft_id");
  const category = values.get("rft.subject");
  return {
    id,
    title: values.get("rft.title") ?? id,
    authors,
    more: count ? count - authors.length : 0,
    date: values.get("rft.date") ?? "",
    url: ids.find((one) => /^https?:/.test(one)) ?? "",
    doi: ids.find((one) => one.startsWith("info:doi/"))?.slice("info:doi/".length) ?? "",
    ...(category && { category }),
  };
}

/**
 * @param {Element} article of a paper
 * @returns {Paper}
 */
export function citationOf(article) {
  const span = /** @type {HTMLElement | null} */ (article.querySelector(".Z3988"));
  return parseCoins(article.id, span?.title ?? "", Number(span?.dataset.authors ?? 0));
}
