// What several searches found, in one order. A search looks in one part of the archive for one way to say one term, and
// sorts what it found by itself.

/**
 * @typedef {{id: string, score: number, data: () => Promise<any>}} Hit as Pagefind returns it
 * @typedef {{part: number, term: number, hits: Hit[]}} Found in one part; term WHOLE is the whole query, as it was typed
 * @typedef {{part: number, hit: Hit, score: number, terms: Set<number>}} Paper
 */

export const WHOLE = -1;

/** Who finds so few has a word wrong, it may be. */
const FEW = 5;
/** Of so many terms the best papers may lack one: an index finds something for any word. */
const MANY = 3;
/** How much it counts that the whole query stands together, as in a title, beside what its terms count. */
const TOGETHER = 0.5;

/**
 * @param {Found[]} found
 * @param {number} terms how many were looked for
 * @returns {Paper[]} the best first: those that have every term, or of many all but one; where that are few, half
 */
export function byRelevance(found, terms) {
  const tells = weights(found, terms);
  const sum = tells.reduce((all, one) => all + one, 0);
  // The scores of two searches are of two scales.
  const ranked = gathered(found, (term, share) => (term === WHOLE ? TOGETHER * sum * share : tells[term] * (1 + share)));
  return matching(ranked, terms, terms < MANY ? terms : terms - 1).sort((one, other) => other.score - one.score);
}

/**
 * @param {Found[]} found hits sorted by what is asked for; their scores are places in that order, the first the highest
 * @param {number} terms
 * @returns {Paper[][]} by part, each paper once, in order
 */
export function byPlace(found, terms) {
  const papers = gathered(found, () => 0);
  for (const { part, hits } of found) {
    for (const hit of hits) {
      const paper = /** @type {Paper} */ (papers.get(keyOf(part, hit)));
      paper.score = Math.max(paper.score, hit.score);
    }
  }
  /** @type {Paper[][]} */
  const parts = [];
  for (const paper of matching(papers, terms, terms)) (parts[paper.part] ??= []).push(paper);
  return parts.filter(Boolean).map((part) => part.sort((one, other) => other.score - one.score));
}

/**
 * @param {Paper[][]} parts each in order
 * @param {(data: any) => number} valueOf
 * @returns {AsyncGenerator<any>} the data of all, the highest value first; what is not yet shown is not yet loaded
 */
export async function* merged(parts, valueOf) {
  const heads = await Promise.all(parts.map((part) => part[0].hit.data()));
  const left = [...parts];
  const at = parts.map(() => 0);
  while (heads.length) {
    let best = 0;
    heads.forEach((data, number) => { if (valueOf(data) > valueOf(heads[best])) best = number; });
    yield heads[best];
    const next = left[best][++at[best]];
    if (next) heads[best] = await next.hit.data();
    else for (const list of [heads, at, left]) list.splice(best, 1);
  }
}

/**
 * @param {Found[]} found
 * @param {number} terms
 * @returns {number[]} how much each term tells: one that few papers have tells most
 */
function weights(found, terms) {
  const papers = new Set(found.flatMap(({ part, hits }) => hits.map((hit) => keyOf(part, hit)))).size;
  return Array.from({ length: terms }, (_, term) => {
    const having = found.filter((one) => one.term === term).flatMap(({ part, hits }) => hits.map((hit) => keyOf(part, hit)));
    return Math.log(1 + papers / (1 + new Set(having).size));
  });
}

/**
 * @param {Found[]} found
 * @param {(term: number, share: number) => number} scoreOf what a paper gets for a term; share: of the best score
 * @returns {Map<string, Paper>} each paper once, with what it gets for each term by the way that counts most
 */
function gathered(found, scoreOf) {
  /** @type {Map<string, Paper & {by: Map<number, number>}>} */
  const papers = new Map();
  for (const { part, term, hits } of found) {
    const best = Math.max(...found.filter((one) => one.term === term && one.hits[0]).map((one) => one.hits[0].score)) || 1;
    for (const hit of hits) {
      const key = keyOf(part, hit);
      let paper = papers.get(key);
      if (!paper) papers.set(key, (paper = { part, hit, score: 0, terms: new Set(), by: new Map() }));
      if (term !== WHOLE) paper.terms.add(term);
      const score = scoreOf(term, Math.min(1, hit.score / best));
      const before = paper.by.get(term) ?? 0;
      if (score > before) paper.score += score - before;
      paper.by.set(term, Math.max(score, before));
    }
  }
  return papers;
}

/**
 * @param {Map<string, Paper>} papers
 * @param {number} terms
 * @param {number} least how many of them a paper should have
 */
function matching(papers, terms, least) {
  const all = [...papers.values()];
  const whole = all.filter((paper) => paper.terms.size >= least);
  return whole.length >= FEW ? whole : all.filter((paper) => paper.terms.size >= terms / 2);
}

/**
 * @param {number} part
 * @param {Hit} hit
 */
function keyOf(part, hit) {
  return `${part} ${hit.id}`;
}
