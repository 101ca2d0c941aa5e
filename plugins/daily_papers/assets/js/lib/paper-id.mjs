// The ids of papers: which text is one, and in which file of p/ it stands (see pages/data.py).

/** The same pattern as models.PAPER_ID_PATTERN. */
export const PAPER_ID = /^([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?\/[0-9]{7}|x-[0-9a-f]{12})$(?!\n)/;

/**
 * @param {string} text an id, with a version or without, or the address of a paper at arXiv or Hugging Face
 * @returns {string | undefined} the id
 */
export function readPaperId(text) {
  const id = text
    .trim()
    .replace(/[?#].*$/, "")
    .replace(/^arxiv:\s*/i, "")
    .replace(/^(https?:\/\/)?[\w.-]+\.\w+\/(abs|pdf|html|format|papers)\//i, "")
    .replace(/\/$/, "")
    .replace(/\.pdf$/i, "")
    .replace(/([0-9])v[0-9]{1,3}$/, "$1");
  return PAPER_ID.test(id) ? id : undefined;
}

/**
 * @param {string} id
 * @returns {string} where the paper is found at arXiv, be its id of the new kind or the old; "" where it is none of arXiv's
 */
export function arxivAddress(id) {
  return PAPER_ID.test(id) && !id.startsWith("x-") ? `https://arxiv.org/abs/${id}` : "";
}

/**
 * @param {string} id
 * @returns {string} the file of its listings, without the ending
 */
export function listingFile(id) {
  if (id.includes("/")) return "old";
  return id.slice(0, id.startsWith("x-") ? 3 : 4);
}
