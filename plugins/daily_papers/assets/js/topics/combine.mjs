// Several topics together: which papers are on any, or on all, of them. Lists as topics/SLUG.json has them.

/** @typedef {{id: string, title: string, date: string, votes: number}} Listed */

/**
 * @param {Listed[][]} lists the papers of each chosen topic
 * @param {boolean} all whether a paper has to be on every one of them
 * @param {"votes" | "date"} order most votes, or newest, first; ties by the other, then by id
 * @returns {Listed[]}
 */
export function combine(lists, all, order) {
  const papers = new Map(lists.flat().map((paper) => [paper.id, paper]));
  const times = new Map();
  for (const { id } of lists.flat()) times.set(id, (times.get(id) ?? 0) + 1);
  const wanted = [...papers.values()].filter(({ id }) => !all || times.get(id) === lists.length);
  const newer = (/** @type {Listed} */ one, /** @type {Listed} */ other) => other.date.localeCompare(one.date);
  const better = (/** @type {Listed} */ one, /** @type {Listed} */ other) => other.votes - one.votes;
  const [first, then] = order === "date" ? [newer, better] : [better, newer];
  return wanted.sort((one, other) => first(one, other) || then(one, other) || one.id.localeCompare(other.id));
}
