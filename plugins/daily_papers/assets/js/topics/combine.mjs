// Union or intersection of topics' papers, as listed in topics/SLUG.json.

/** @typedef {{id: string, title: string, date: string, votes: number}} ListedPaper */

/**
 * @param {ListedPaper[][]} lists papers of each chosen topic
 * @param {boolean} all true for papers with every topic, false for papers with any of them
 * @param {"votes" | "date"} order most votes or newest first; ties by the other, then by id
 * @returns {ListedPaper[]}
 */
export function combine(lists, all, order) {
  const papers = new Map(lists.flat().map((paper) => [paper.id, paper]));
  const counts = new Map();
  for (const { id } of lists.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  const matches = [...papers.values()].filter(({ id }) => !all || counts.get(id) === lists.length);
  const byDate = (/** @type {ListedPaper} */ one, /** @type {ListedPaper} */ other) => other.date.localeCompare(one.date);
  const byVotes = (/** @type {ListedPaper} */ one, /** @type {ListedPaper} */ other) => other.votes - one.votes;
  const [first, then] = order === "date" ? [byDate, byVotes] : [byVotes, byDate];
  return matches.sort((one, other) => first(one, other) || then(one, other) || one.id.localeCompare(other.id));
}
