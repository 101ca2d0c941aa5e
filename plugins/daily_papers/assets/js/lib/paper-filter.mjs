// Filter and sort criteria for papers: URL parameters, a text description, a predicate and a comparator.

/**
 * @typedef {object} Criteria
 * @property {string} topic a slug; empty matches any topic
 * @property {string} org a slug; empty matches any organization
 * @property {boolean} code only papers with code
 * @property {boolean} video only papers with a video
 * @property {number} votes minimum
 * @property {string} q words that a paper must contain; a phrase "in quotes" matches in this order
 * @property {string} not words that a paper must not contain
 * @property {"votes" | "rise" | "listing"} sort
 */

/**
 * @typedef {object} Paper
 * @property {string[]} topics slugs
 * @property {string} org a slug
 * @property {boolean} code
 * @property {boolean} video
 * @property {number} votes
 * @property {number} rise votes gained since the first observation
 * @property {number} position in the stored day
 * @property {number} order position on the page as built: pinned papers, then by votes
 * @property {() => string} text the text that words are matched against
 */

/** @type {Readonly<Criteria>} */
export const DEFAULTS = Object.freeze({
  topic: "", org: "", code: false, video: false, votes: 0, q: "", not: "", sort: "votes",
});
const SLUG = /^[\p{L}\p{N}_.-]{1,100}$/u;
const MAX_WORDS_CHARS = 200;

/**
 * @param {URLSearchParams} parameters untrusted: an invalid value becomes the default
 * @returns {Criteria}
 */
export function parse(parameters) {
  const slug = (/** @type {string} */ name) => (SLUG.test(parameters.get(name) ?? "") ? parameters.get(name) ?? "" : "");
  const words = (/** @type {string} */ name) => (parameters.get(name) ?? "").slice(0, MAX_WORDS_CHARS);
  const votes = Number(parameters.get("votes"));
  const sort = parameters.get("sort");
  return {
    topic: slug("topic"),
    org: slug("org"),
    code: parameters.get("code") === "1",
    video: parameters.get("video") === "1",
    votes: Number.isSafeInteger(votes) && votes > 0 ? votes : 0,
    q: words("q"),
    not: words("not"),
    sort: sort === "rise" || sort === "listing" ? sort : "votes",
  };
}

/**
 * @param {Criteria} criteria
 * @param {URLSearchParams} [others] parameters to keep
 * @returns {URLSearchParams} without criteria that have their default
 */
export function serialize(criteria, others = new URLSearchParams()) {
  const parameters = new URLSearchParams(others);
  for (const [name, value] of Object.entries(criteria)) {
    const text = typeof value === "string" ? value.trim() : String(Number(value));
    if (value === DEFAULTS[/** @type {keyof Criteria} */ (name)] || !text) parameters.delete(name);
    else parameters.set(name, text);
  }
  return parameters;
}

/**
 * @param {Criteria} criteria
 * @returns {number} active criteria, without the sort order
 */
export function countActive(criteria) {
  const { sort, ...filters } = criteria;
  return Object.values(filters).filter((value) => (typeof value === "string" ? value.trim() : value)).length;
}

/**
 * @param {Criteria} criteria
 * @param {{text: (key: string) => string, number: (value: number) => string}} messages
 * @param {{topic: string, org: string}} names display names of the topic and the organization
 * @returns {string} the active criteria in the reader's language
 */
export function describe({ q, not, topic, org, votes, code, video }, messages, names) {
  const parts = [
    q.trim(),
    not.trim() && `−${not.trim()}`,
    topic && names.topic,
    org && names.org,
    votes && `▲ ${messages.number(votes)}`,
    code && messages.text("filter_code"),
    video && messages.text("filter_video"),
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * @param {Criteria} criteria
 * @returns {(paper: Paper) => boolean}
 */
export function predicate(criteria) {
  const [required, excluded] = [wordPatterns(criteria.q), wordPatterns(criteria.not)];
  const hasWords = required.length + excluded.length > 0;
  return (paper) => {
    if (criteria.topic && !paper.topics.includes(criteria.topic)) return false;
    if (criteria.org && paper.org !== criteria.org) return false;
    if ((criteria.code && !paper.code) || (criteria.video && !paper.video) || paper.votes < criteria.votes) return false;
    if (!hasWords) return true;
    const text = fold(paper.text());
    return required.every((word) => word.test(text)) && !excluded.some((word) => word.test(text));
  };
}

/**
 * @param {Criteria["sort"]} sort
 * @returns {(one: Paper, other: Paper) => number}
 */
export function comparator(sort) {
  if (sort === "listing") return (one, other) => one.position - other.position;
  if (sort === "rise") return (one, other) => other.rise - one.rise || one.order - other.order;
  return (one, other) => one.order - other.order;
}

/** Normalize text for comparison: compatibility forms and case. @param {string} text */
function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/**
 * A Latin word matches at the beginning of words only (`rl` not in `world`). A Korean one matches anywhere, because
 * particles are attached to words.
 * @param {string} words
 * @returns {RegExp[]}
 */
function wordPatterns(words) {
  const matches = fold(words).matchAll(/"([^"]+)"?|[^\s"]+/g);
  return Array.from(matches, ([whole, quoted]) => (quoted ?? whole).trim()).filter(Boolean).map((word) => {
    const literal = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
    return new RegExp(/^[\p{Script=Latin}\p{N}]/u.test(word) ? `(?<![\\p{Script=Latin}\\p{N}])${literal}` : literal, "u");
  });
}
