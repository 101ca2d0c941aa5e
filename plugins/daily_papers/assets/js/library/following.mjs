// Which papers are new for a reader, by what is followed. Papers come as the months' data files hold them.

import { parse, predicate } from "../lib/paper-filter.mjs";

/** @typedef {import("./model.mjs").Follows} Follows */
/** @typedef {{id: string, date: string, title: string, authors?: string[], votes?: number, topics?: string[], org?: string, code?: boolean, video?: boolean}} Listed */

/**
 * @param {Follows} follows
 * @returns {(paper: Listed) => Follows} what of it a paper was found by
 */
export function finder({ topics, authors, filters }) {
  const [slugs, names] = [new Set(topics), new Set(authors)];
  const tests = filters.map((filter) => ({ filter, fits: predicate(parse(new URLSearchParams(filter.query))) }));
  return (paper) => ({
    topics: (paper.topics ?? []).filter((slug) => slugs.has(slug)),
    authors: (paper.authors ?? []).filter((name) => names.has(name)),
    filters: tests.filter(({ fits }) => fits(ofDay(paper))).map(({ filter }) => filter),
  });
}

/** @param {Follows} follows @returns {number} */
export function amount({ topics, authors, filters }) {
  return topics.length + authors.length + filters.length;
}

/**
 * @param {Listed[]} papers
 * @param {import("./model.mjs").Look | undefined} looked the last look, undefined for none yet
 * @returns {Listed[]} those that came after it
 */
export function since(papers, looked) {
  if (!looked) return papers;
  const ids = new Set(looked.ids);
  return papers.filter(({ id, date }) => date > looked.date || (date === looked.date && !ids.has(id)));
}

/** @param {unknown} value a month's data file @returns {Listed[]} what of it is papers */
export function listed(value) {
  const papers = /** @type {{papers?: unknown}} */ (value)?.papers;
  if (!Array.isArray(papers)) return [];
  return papers.filter((one) => [one?.id, one?.date, one?.title].every((text) => typeof text === "string"));
}

/** @param {Listed} paper @returns {import("../lib/paper-filter.mjs").Paper} as the filter of a day's page takes it */
function ofDay({ title, authors = [], topics = [], org = "", code = false, video = false, votes = 0 }) {
  return { topics, org, code, video, votes, rise: 0, place: 0, order: 0, text: () => [title, ...authors].join("\n") };
}
