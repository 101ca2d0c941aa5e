// What several searches found, in one order. A search looks in one part of the archive for one way to say the query, and
// sorts what it found by itself.

/**
 * @typedef {{id: string, score: number, data: () => Promise<any>}} Hit as Pagefind returns it
 * @typedef {{part: number, way: number, weight: number, hits: Hit[]}} Found in one part by one way
 * @typedef {{part: number, score: number, hit: Hit}} Ranked
 */

/**
 * @param {Found[]} found hits sorted by how well they match
 * @returns {Ranked[]} each paper once, the best first: one that several ways find comes before what only one finds
 */
export function byRelevance(found) {
  /** @type {Map<number, number>} */
  const best = new Map();
  // Scores of two ways are of two scales.
  for (const { way, hits } of found) best.set(way, Math.max(best.get(way) ?? 0, hits[0]?.score ?? 0));
  return once(found, ({ way, weight }, hit) => (weight * hit.score) / (best.get(way) || 1));
}

/**
 * @param {Found[]} found hits sorted by what is asked for; their scores are places in that order, the first the highest
 * @returns {Ranked[][]} by part, each paper once, in order
 */
export function byPlace(found) {
  /** @type {Ranked[][]} */
  const parts = [];
  for (const each of once(found, (_, hit) => hit.score, true)) (parts[each.part] ??= []).push(each);
  return parts.filter(Boolean);
}

/**
 * @param {Ranked[][]} parts each in order
 * @param {(data: any) => number} valueOf
 * @returns {AsyncGenerator<any>} the data of all, the highest value first; what is not yet shown is not yet loaded
 */
export async function* merged(parts, valueOf) {
  const heads = await Promise.all(parts.map((part) => part[0].hit.data()));
  const at = parts.map(() => 0);
  while (heads.length) {
    let best = 0;
    heads.forEach((data, number) => { if (valueOf(data) > valueOf(heads[best])) best = number; });
    yield heads[best];
    const next = parts[best][++at[best]];
    if (next) heads[best] = await next.hit.data();
    else [heads, at, parts].forEach((list) => list.splice(best, 1));
  }
}

/**
 * @param {Found[]} found
 * @param {(found: Found, hit: Hit) => number} scoreOf
 * @param {boolean} [highest] whether the best score counts, not the sum
 * @returns {Ranked[]}
 */
function once(found, scoreOf, highest = false) {
  /** @type {Map<string, Ranked>} */
  const papers = new Map();
  for (const one of found) {
    const { part } = one;
    for (const hit of one.hits) {
      const score = scoreOf(one, hit);
      const key = `${part} ${hit.id}`;
      const known = papers.get(key);
      if (!known) papers.set(key, { part, score, hit });
      else known.score = highest ? Math.max(known.score, score) : known.score + score;
    }
  }
  return [...papers.values()].sort((one, other) => other.score - one.score);
}
