// Ranking of several searches as one list. Each search covers one index shard and one variant of one term, and sorts its
// own hits.

/**
 * @typedef {{id: string, score: number, data: () => Promise<any>}} Hit as Pagefind returns it
 * @typedef {{shard: number, term: number, hits: Hit[]}} SearchHits term is an index, or WHOLE_QUERY
 * @typedef {{shard: number, hit: Hit, score: number, terms: Set<number>}} RankedPaper
 */

/** Stands for the query as typed, in place of a term. */
export const WHOLE_QUERY = -1;

/** With fewer complete matches, a word of the query may be wrong. */
const MIN_MATCHES = 5;
/** From this number of terms on, a paper may lack one: the index finds something for any word. */
const LENIENT_TERMS = 3;
/** Weight of the query's words in sequence, as in a title, relative to the sum of the terms' weights. */
const WHOLE_QUERY_WEIGHT = 0.5;

/**
 * @param {SearchHits[]} searches
 * @param {number} termCount
 * @returns {RankedPaper[]} best first; papers with every term, of many terms all but one, or half if those are few
 */
export function rankByRelevance(searches, termCount) {
  const weights = termWeights(searches, termCount);
  const sum = weights.reduce((all, one) => all + one, 0);
  // Scores of different searches have different scales; `share` is relative to the best score of its term.
  const papers = collectPapers(searches, (term, share) =>
    term === WHOLE_QUERY ? WHOLE_QUERY_WEIGHT * sum * share : weights[term] * (1 + share),
  );
  const minTerms = termCount < LENIENT_TERMS ? termCount : termCount - 1;
  return selectMatches(papers, termCount, minTerms).sort((one, other) => other.score - one.score);
}

/**
 * @param {SearchHits[]} searches hits of sorted searches: a score is the position in that order, the first the highest
 * @param {number} termCount
 * @returns {RankedPaper[][]} one sorted list per shard, each paper once
 */
export function rankByScore(searches, termCount) {
  const papers = collectPapers(searches, () => 0);
  for (const { shard, hits } of searches) {
    for (const hit of hits) {
      const paper = /** @type {RankedPaper} */ (papers.get(keyOf(shard, hit)));
      paper.score = Math.max(paper.score, hit.score);
    }
  }
  /** @type {RankedPaper[][]} */
  const shards = [];
  for (const paper of selectMatches(papers, termCount, termCount)) (shards[paper.shard] ??= []).push(paper);
  return shards.filter(Boolean).map((shard) => shard.sort((one, other) => other.score - one.score));
}

/**
 * @param {RankedPaper[][]} shards each sorted
 * @param {(data: any) => number} valueOf
 * @returns {AsyncGenerator<any>} the data of all papers, highest value first; loads each paper only when requested
 */
export async function* mergeShards(shards, valueOf) {
  const heads = await Promise.all(shards.map((shard) => shard[0].hit.data()));
  const remaining = [...shards];
  const positions = shards.map(() => 0);
  while (heads.length) {
    let best = 0;
    heads.forEach((data, number) => { if (valueOf(data) > valueOf(heads[best])) best = number; });
    yield heads[best];
    const next = remaining[best][++positions[best]];
    if (next) heads[best] = await next.hit.data();
    else for (const list of [heads, positions, remaining]) list.splice(best, 1);
  }
}

/**
 * @param {SearchHits[]} searches
 * @param {number} termCount
 * @returns {number[]} weight of each term: the rarer, the higher
 */
function termWeights(searches, termCount) {
  const papers = new Set(searches.flatMap(({ shard, hits }) => hits.map((hit) => keyOf(shard, hit)))).size;
  return Array.from({ length: termCount }, (_, term) => {
    const matches = searches.filter((one) => one.term === term).flatMap(({ shard, hits }) => hits.map((hit) => keyOf(shard, hit)));
    return Math.log(1 + papers / (1 + new Set(matches).size));
  });
}

/**
 * @param {SearchHits[]} searches
 * @param {(term: number, share: number) => number} scoreOf score for a term; share is relative to the best score
 * @returns {Map<string, RankedPaper>} each paper once, with the best score per term over the term's variants
 */
function collectPapers(searches, scoreOf) {
  /** @type {Map<string, RankedPaper & {termScores: Map<number, number>}>} */
  const papers = new Map();
  for (const { shard, term, hits } of searches) {
    const best = Math.max(...searches.filter((one) => one.term === term && one.hits[0]).map((one) => one.hits[0].score)) || 1;
    for (const hit of hits) {
      const key = keyOf(shard, hit);
      let paper = papers.get(key);
      if (!paper) papers.set(key, (paper = { shard, hit, score: 0, terms: new Set(), termScores: new Map() }));
      if (term !== WHOLE_QUERY) paper.terms.add(term);
      const score = scoreOf(term, Math.min(1, hit.score / best));
      const before = paper.termScores.get(term) ?? 0;
      if (score > before) paper.score += score - before;
      paper.termScores.set(term, Math.max(score, before));
    }
  }
  return papers;
}

/**
 * @param {Map<string, RankedPaper>} papers
 * @param {number} termCount
 * @param {number} minTerms terms that a complete match has
 */
function selectMatches(papers, termCount, minTerms) {
  const all = [...papers.values()];
  const complete = all.filter((paper) => paper.terms.size >= minTerms);
  return complete.length >= MIN_MATCHES ? complete : all.filter((paper) => paper.terms.size >= termCount / 2);
}

/**
 * @param {number} shard
 * @param {Hit} hit
 */
function keyOf(shard, hit) {
  return `${shard} ${hit.id}`;
}
