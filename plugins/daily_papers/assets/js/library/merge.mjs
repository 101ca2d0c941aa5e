// Two libraries into one, and one as the text that goes to another device. Only the page of the library needs it.

import { amount } from "./following.mjs";
import { MARKS, VERSION, canonical, clean, isKept, isRecord, paperOf } from "./model.mjs";

/** @typedef {import("./model.mjs").Library} Library */
/** @typedef {import("./model.mjs").Paper} Paper */

/** What leaves for a file or a link: all but the visits, which are this device's. @param {Library} library @returns {string} */
export function exported(library) {
  const { visits, ...rest } = clean(library);
  return `${JSON.stringify(rest, null, 1)}\n`;
}

/**
 * @param {string} text a file's or a link's
 * @returns {Library | undefined} undefined where it is no library, or one of a newer version
 */
export function imported(text) {
  try {
    const value = JSON.parse(text);
    return isRecord(value) && value.version === VERSION && isRecord(value.papers) ? clean(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Both together: of each paper the newest decision, and both notes. The visits stay ours.
 * @param {Library} ours
 * @param {Library} theirs
 * @returns {Library}
 */
export function merge(ours, theirs) {
  const papers = { ...ours.papers };
  for (const [id, paper] of Object.entries(theirs.papers)) papers[id] = mergePaper(paperOf(ours, id), paper);
  const queries = new Set(ours.follows.filters.map((filter) => filter.query));
  return clean({
    ...ours,
    papers,
    follows: {
      topics: [...ours.follows.topics, ...theirs.follows.topics],
      authors: [...ours.follows.authors, ...theirs.follows.authors],
      filters: [...ours.follows.filters, ...theirs.follows.filters.filter((filter) => !queries.has(filter.query))],
    },
  });
}

/**
 * @param {Library} ours
 * @param {Library} merged with another
 * @returns {{added: number, changed: number, follows: number}} papers, papers, and followed things that a merge brings
 */
export function difference(ours, merged) {
  let added = 0;
  let changed = 0;
  for (const [id, paper] of Object.entries(merged.papers)) {
    const before = paperOf(ours, id);
    if (before && canonical(before) === canonical(paper)) continue;
    if (before && isKept(before)) changed++;
    else if (isKept(paper)) added++;
  }
  return { added, changed, follows: amount(merged.follows) - amount(ours.follows) };
}

/**
 * @param {Paper | undefined} ours
 * @param {Paper} theirs
 * @returns {Paper}
 */
function mergePaper(ours, theirs) {
  if (!ours) return theirs;
  /** @type {Paper} */
  const paper = {
    title: ours.title || theirs.title,
    ...(ours.authors.length ? { authors: ours.authors, more: ours.more } : { authors: theirs.authors, more: theirs.more }),
    date: ours.date || theirs.date,
    undone: {},
    note: joined(ours.note ?? "", theirs.note ?? ""),
  };
  for (const mark of MARKS) {
    const [on = ""] = [ours[mark] ?? "", theirs[mark] ?? ""].sort().reverse();
    const [off = ""] = [ours.undone?.[mark] ?? "", theirs.undone?.[mark] ?? ""].sort().reverse();
    if (on && on >= off) paper[mark] = on;
    else if (off) paper.undone = { ...paper.undone, [mark]: off };
  }
  return paper;
}

/** @param {string} ours @param {string} theirs @returns {string} */
function joined(ours, theirs) {
  if (ours.includes(theirs)) return ours;
  return theirs.includes(ours) ? theirs : `${ours}\n\n${theirs}`;
}
