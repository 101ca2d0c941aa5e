// Paper ids: parsing, arXiv URLs, and the listing file in p/ that contains an id (see site/data/month_files.py).

/** The same pattern as model.records.PAPER_ID_PATTERN. */
export const PAPER_ID = /^([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?\/[0-9]{7}|x-[0-9a-f]{12})$(?!\n)/;

/** The folders of model.paper_urls, on any host. */
const PAPER_ADDRESS = /^(https?:\/\/)?([\w.-]+\.\w+\/)(abs|pdf|html|format|src|e-print|ps|overview|papers|arxiv|10\.48550)\//i;

/**
 * @param {string} text an id with or without a version, a DOI, or the URL of a paper on a site that shows arXiv's papers
 * @returns {string | undefined} the id without a version
 */
export function parsePaperId(text) {
  const id = text
    .trim()
    .replace(/[?#].*$/, "")
    .replace(/%2f/gi, "/")
    .replace(PAPER_ADDRESS, "")
    .replace(/^(doi:\s*)?(10\.48550\/)?arxiv[.:]\s*/i, "")
    .replace(/\/$/, "")
    .replace(/\.pdf$/i, "")
    .replace(/([0-9])v[0-9]{1,3}$/, "$1");
  return PAPER_ID.test(id) ? id : undefined;
}

/**
 * @param {string} id
 * @returns {string} the paper's abstract page on arXiv; "" for an id of another source
 */
export function arxivUrl(id) {
  return PAPER_ID.test(id) && !id.startsWith("x-") ? `https://arxiv.org/abs/${id}` : "";
}

/**
 * @param {string} id
 * @returns {string} the listing file's name without its extension
 */
export function listingFile(id) {
  if (id.includes("/")) return "old";
  return id.slice(0, id.startsWith("x-") ? 3 : 4);
}
