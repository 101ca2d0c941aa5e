// Which papers of a day are shown, and in which order: a choice as the address of the page has it, and what it means.

/**
 * @typedef {object} Choice
 * @property {string} topic a slug; this and the next are empty where any will do
 * @property {string} org a slug
 * @property {boolean} code only papers that have some
 * @property {boolean} video
 * @property {number} votes at least
 * @property {string} q words that must stand in a paper; "in quotes" one after the other
 * @property {string} not words that must not
 * @property {"votes" | "rise" | "listing"} sort
 */

/**
 * @typedef {object} Paper
 * @property {string[]} topics slugs
 * @property {string} org a slug
 * @property {boolean} code
 * @property {boolean} video
 * @property {number} votes
 * @property {number} rise votes gained since they were first seen
 * @property {number} place in the day's list as it was stored
 * @property {number} order in the page as it was made: by votes, behind what is pinned
 * @property {() => string} text all that is searched for words
 */

/** @type {Readonly<Choice>} */
export const EVERYTHING = Object.freeze({
  topic: "", org: "", code: false, video: false, votes: 0, q: "", not: "", sort: "votes",
});
const SLUG = /^[\p{L}\p{N}_.-]{1,100}$/u;
const MAX_WORDS_CHARS = 200;

/**
 * @param {URLSearchParams} parameters anyone's: what makes no sense is not taken
 * @returns {Choice}
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
 * @param {Choice} choice
 * @param {URLSearchParams} [others] what else the address holds, which stays
 * @returns {URLSearchParams} without what is as it would be anyway
 */
export function serialise(choice, others = new URLSearchParams()) {
  const parameters = new URLSearchParams(others);
  for (const [name, value] of Object.entries(choice)) {
    const text = typeof value === "string" ? value.trim() : String(Number(value));
    if (value === EVERYTHING[/** @type {keyof Choice} */ (name)] || !text) parameters.delete(name);
    else parameters.set(name, text);
  }
  return parameters;
}

/**
 * @param {Choice} choice
 * @returns {number} how many things it asks of a paper
 */
export function demands(choice) {
  const { sort, ...asked } = choice;
  return Object.values(asked).filter((value) => (typeof value === "string" ? value.trim() : value)).length;
}

/**
 * @param {Choice} choice
 * @param {import("../i18n/messages.mjs").Words} words
 * @param {{topic: string, org: string}} names of the topic and the organization it asks for
 * @returns {string} what it asks for, in the reader's language
 */
export function describe({ q, not, topic, org, votes, code, video }, words, names) {
  const parts = [
    q.trim(),
    not.trim() && `−${not.trim()}`,
    topic && names.topic,
    org && names.org,
    votes && `▲ ${words.number(votes)}`,
    code && words.text("filter_code"),
    video && words.text("filter_video"),
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * @param {Choice} choice
 * @returns {(paper: Paper) => boolean}
 */
export function predicate(choice) {
  const [wanted, unwanted] = [matchers(choice.q), matchers(choice.not)];
  const hasWords = wanted.length + unwanted.length > 0;
  return (paper) => {
    if (choice.topic && !paper.topics.includes(choice.topic)) return false;
    if (choice.org && paper.org !== choice.org) return false;
    if ((choice.code && !paper.code) || (choice.video && !paper.video) || paper.votes < choice.votes) return false;
    if (!hasWords) return true;
    const text = fold(paper.text());
    return wanted.every((word) => word.test(text)) && !unwanted.some((word) => word.test(text));
  };
}

/**
 * @param {Choice["sort"]} sort
 * @returns {(one: Paper, other: Paper) => number}
 */
export function comparator(sort) {
  if (sort === "listing") return (one, other) => one.place - other.place;
  if (sort === "rise") return (one, other) => other.rise - one.rise || one.order - other.order;
  return (one, other) => one.order - other.order;
}

/** @param {string} text letters that look alike, or differ in case only, become the same */
export function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/**
 * A Latin word is found where one begins (`rl` is no part of `world`), a Korean one anywhere: endings are tied to it.
 * @param {string} words
 * @returns {RegExp[]}
 */
function matchers(words) {
  const found = fold(words).matchAll(/"([^"]+)"?|[^\s"]+/g);
  return Array.from(found, ([whole, quoted]) => (quoted ?? whole).trim()).filter(Boolean).map((word) => {
    const literal = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
    return new RegExp(/^[\p{Script=Latin}\p{N}]/u.test(word) ? `(?<![\\p{Script=Latin}\\p{N}])${literal}` : literal, "u");
  });
}
