// Papers that match the followed topics, authors and filters. Papers come from the monthly data files.

import { parse, predicate } from "../lib/paper-filter.mjs";

/** @typedef {import("./model.mjs").Follows} Follows */
/** @typedef {{id: string, date: string, title: string, authors?: string[], votes?: number, topics?: string[], org?: string, code?: boolean, video?: boolean}} ListedPaper */

/**
 * @param {Follows} follows
 * @returns {(paper: ListedPaper) => Follows} the follows that a paper matches
 */
export function matcher({ topics, authors, filters }) {
  const [slugs, names] = [new Set(topics), new Set(authors)];
  const tests = filters.map((filter) => ({ filter, isMatch: predicate(parse(new URLSearchParams(filter.query))) }));
  return (paper) => ({
    topics: (paper.topics ?? []).filter((slug) => slugs.has(slug)),
    authors: (paper.authors ?? []).filter((name) => names.has(name)),
    filters: tests.filter(({ isMatch }) => isMatch(toFilterPaper(paper))).map(({ filter }) => filter),
  });
}

/** @param {Follows} follows @returns {number} */
export function countFollows({ topics, authors, filters }) {
  return topics.length + authors.length + filters.length;
}

/**
 * @param {ListedPaper[]} papers
 * @param {import("./model.mjs").FollowingView | undefined} view undefined before the first one
 * @returns {ListedPaper[]} papers added after that view
 */
export function addedSince(papers, view) {
  if (!view) return papers;
  const ids = new Set(view.ids);
  return papers.filter(({ id, date }) => date > view.date || (date === view.date && !ids.has(id)));
}

/** @param {unknown} value content of a monthly data file @returns {ListedPaper[]} its valid papers */
export function papersOfMonth(value) {
  const papers = /** @type {{papers?: unknown}} */ (value)?.papers;
  if (!Array.isArray(papers)) return [];
  return papers.filter((one) => [one?.id, one?.date, one?.title].every((text) => typeof text === "string"));
}

/** @param {ListedPaper} paper @returns {import("../lib/paper-filter.mjs").Paper} */
function toFilterPaper({ title, authors = [], topics = [], org = "", code = false, video = false, votes = 0 }) {
  return { topics, org, code, video, votes, rise: 0, position: 0, order: 0, text: () => [title, ...authors].join("\n") };
}
