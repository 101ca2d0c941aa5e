// Export, import and merging of libraries. Loaded by the library page only.

import { countFollows } from "./following.mjs";
import { canonicalJson, hasMarks, isRecord, MARKS, normalize, paperOf, VERSION } from "./model.mjs";

/** @typedef {import("./model.mjs").Library} Library */
/** @typedef {import("./model.mjs").Paper} Paper */

/** Encode for a file or a link, without the visits of this device. @param {Library} library @returns {string} */
export function exportText(library) {
  const { visits, ...rest } = normalize(library);
  return `${JSON.stringify(rest, null, 1)}\n`;
}

/**
 * @param {string} text of a file or a link
 * @returns {Library | undefined} undefined for invalid text or a newer version
 */
export function importText(text) {
  try {
    const value = JSON.parse(text);
    return isRecord(value) && value.version === VERSION && isRecord(value.papers) ? normalize(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Merge two libraries: the newest decision on each paper wins, notes are joined. Visits are the local ones.
 * @param {Library} local
 * @param {Library} incoming
 * @returns {Library}
 */
export function merge(local, incoming) {
  const papers = { ...local.papers };
  for (const [id, paper] of Object.entries(incoming.papers)) papers[id] = mergePaper(paperOf(local, id), paper);
  const queries = new Set(local.follows.filters.map((filter) => filter.query));
  return normalize({
    ...local,
    papers,
    follows: {
      topics: [...local.follows.topics, ...incoming.follows.topics],
      authors: [...local.follows.authors, ...incoming.follows.authors],
      filters: [...local.follows.filters, ...incoming.follows.filters.filter((filter) => !queries.has(filter.query))],
    },
  });
}

/**
 * @param {Library} local
 * @param {Library} merged result of a merge into it
 * @returns {{added: number, changed: number, follows: number}} new papers, changed papers, new follows
 */
export function difference(local, merged) {
  let added = 0;
  let changed = 0;
  for (const [id, paper] of Object.entries(merged.papers)) {
    const before = paperOf(local, id);
    if (before && canonicalJson(before) === canonicalJson(paper)) continue;
    if (before && hasMarks(before)) changed++;
    else if (hasMarks(paper)) added++;
  }
  return { added, changed, follows: countFollows(merged.follows) - countFollows(local.follows) };
}

/**
 * @param {Paper | undefined} local
 * @param {Paper} incoming
 * @returns {Paper}
 */
function mergePaper(local, incoming) {
  if (!local) return incoming;
  /** @type {Paper} */
  const paper = {
    title: local.title || incoming.title,
    ...(local.authors.length ? { authors: local.authors, more: local.more } : { authors: incoming.authors, more: incoming.more }),
    date: local.date || incoming.date,
    undone: {},
    note: joinNotes(local.note ?? "", incoming.note ?? ""),
  };
  for (const mark of MARKS) {
    const [on = ""] = [local[mark] ?? "", incoming[mark] ?? ""].sort().reverse();
    const [off = ""] = [local.undone?.[mark] ?? "", incoming.undone?.[mark] ?? ""].sort().reverse();
    if (on && on >= off) paper[mark] = on;
    else if (off) paper.undone = { ...paper.undone, [mark]: off };
  }
  return paper;
}

/** @param {string} local @param {string} incoming @returns {string} */
function joinNotes(local, incoming) {
  if (local.includes(incoming)) return local;
  return incoming.includes(local) ? incoming : `${local}\n\n${incoming}`;
}
