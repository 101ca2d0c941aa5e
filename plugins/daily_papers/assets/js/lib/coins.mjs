// A paper out of the span that stands for it, as pages/citation.py makes it: the text of its title, in key and value.

/** @typedef {import("./citation-formats.mjs").Paper} Paper */

/**
 * @param {string} id
 * @param {string} coins the span's title
 * @param {number} [count] how many authors there are, where the span holds only the first of them
 * @returns {Paper}
 */
export function readCoins(id, coins, count = 0) {
  const values = new URLSearchParams(coins);
  const authors = values.getAll("rft.au");
  const ids = values.getAll("rft_id");
  return {
    id,
    title: values.get("rft.title") ?? id,
    authors,
    more: count ? count - authors.length : 0,
    date: values.get("rft.date") ?? "",
    url: ids.find((one) => /^https?:/.test(one)) ?? "",
    doi: ids.find((one) => one.startsWith("info:doi/"))?.slice("info:doi/".length) ?? "",
  };
}

/**
 * @param {Element} article of a paper
 * @returns {Paper} as the span in it says
 */
export function citationOf(article) {
  const span = /** @type {HTMLElement | null} */ (article.querySelector(".Z3988"));
  return readCoins(article.id, span?.title ?? "", Number(span?.dataset.authors ?? 0));
}
