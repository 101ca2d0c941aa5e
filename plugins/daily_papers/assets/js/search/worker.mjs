// Search worker. It queries Pagefind for each variant of each term in all index shards, and ranks the results.
// The first message names the index, each later one is a query. Each brings a port for the responses; on a query's port the
// page then asks for a number of further results, or sends null to cancel.

import { Dictionary, parse } from "./query-parser.mjs";
import { mergeShards, rankByRelevance, rankByScore, WHOLE_QUERY } from "./ranking.mjs";
import { toResult } from "./result.mjs";

/**
 * @typedef {import("./ranking.mjs").SearchHits} SearchHits
 * @typedef {import("./client.mjs").Query} Query
 * @typedef {import("./client.mjs").Answer} Answer
 */

/** A reader who types on repeats most terms. */
const MAX_CACHED_SEARCHES = 100;
/** The title counts most; URLs and numbers contain no words. */
const RANKING = { metaWeights: { title: 2, url: 0, image: 0, votes: 0 } };

/** @type {SearchEngine} */
let engine;

addEventListener("message", ({ data, ports: [port] }) => {
  if (data.folder) respond(port, async () => { engine = await openEngine(data.folder, data.shards); });
  else serve(port, data);
});

/**
 * @param {MessagePort} port
 * @param {Query} query
 */
function serve(port, query) {
  let isActive = true;
  const answer = engine.search(query, () => isActive);
  port.onmessage = ({ data: count }) => {
    isActive &&= count !== null;
    if (isActive) respond(port, async () => (await answer).next(count));
    else port.close();
  };
  respond(port, async () => {
    const { total, words } = await answer;
    return { total, words };
  });
}

/**
 * @param {MessagePort} port
 * @param {() => Promise<any>} work
 */
async function respond(port, work) {
  try {
    port.postMessage({ result: await work() });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
}

/**
 * @param {string} folder
 * @param {string[]} shards oldest first
 */
async function openEngine(folder, shards) {
  const start = async () => {
    const { createInstance } = await import(`${folder}${shards[0]}/pagefind.js`);
    const options = (/** @type {string} */ shard) => ({ mergeFilter: { part: shard }, ranking: RANKING });
    const pagefind = createInstance({ basePath: `${folder}${shards[0]}/`, ...options(shards[0]) });
    await pagefind.init();
    await Promise.all(shards.slice(1).map((shard) => pagefind.mergeIndex(`${folder}${shard}/`, options(shard))));
    return pagefind;
  };
  const readGlossary = async () => (await fetch(`${folder}glossary.json`)).json();
  const [pagefind, glossary] = await Promise.all([start(), readGlossary()]);
  return new SearchEngine(pagefind, shards, new Dictionary(glossary));
}

/** Let pending messages be delivered. */
function yieldToMessages() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // setTimeout(0) waits 4 ms
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}

class SearchEngine {
  #pagefind;
  #shards;
  #dictionary;
  /** Pagefind's answers, finished or pending. @type {Map<string, Promise<{results: any[]}[]>>} */
  #cache = new Map();

  /**
   * @param {any} pagefind
   * @param {string[]} shards
   * @param {Dictionary} dictionary
   */
  constructor(pagefind, shards, dictionary) {
    this.#pagefind = pagefind;
    this.#shards = shards;
    this.#dictionary = dictionary;
  }

  /**
   * @param {Query} query
   * @param {() => boolean} isActive
   * @returns {Promise<Answer>} rejects as soon as the query is cancelled
   */
  async search({ q, sort, filters }, isActive) {
    const { terms, phrases } = parse(q, this.#dictionary);
    const words = [...phrases, ...terms.flat()].flatMap((variant) => variant.split(" "));
    // Without a word no paper is more relevant than another.
    const order = terms.length ? sort : sort || "votes";
    /** @type {[string | null, number][]} */
    const searches = [];
    terms.forEach((variants, term) => { for (const variant of variants) searches.push([variant, term]); });
    if (!terms.length) searches.push([null, 0]);
    if (!order) for (const phrase of phrases) searches.push([phrase, WHOLE_QUERY]);
    for (const [text] of searches) this.#pagefind.preload(text, { filters });
    /** @type {SearchHits[]} */
    const found = [];
    for (const [text, term] of searches) {
      await yieldToMessages();
      if (!isActive()) throw new Error("cancelled");
      found.push(...(await this.#searchShards(text, term, order, filters)));
    }
    const termCount = terms.length || 1;
    if (order) return sortedAnswer(rankByScore(found, termCount), order, words);
    const ranked = rankByRelevance(found, termCount);
    return { total: ranked.length, words, next: paginate(ranked.length, (at) => ranked[at].hit.data()) };
  }

  /**
   * @param {string | null} text words that a paper should contain; null for every paper
   * @param {number} term
   * @param {string} order
   * @param {Record<string, string>} filters
   * @returns {Promise<SearchHits[]>} one entry per shard for a sorted search: Pagefind sorts each shard by itself
   */
  async #searchShards(text, term, order, filters) {
    const key = JSON.stringify([text, order, filters]);
    let shards = this.#cache.get(key);
    if (!shards) {
      if (this.#cache.size >= MAX_CACHED_SEARCHES) this.#cache.clear();
      // Pagefind always searches every shard. By relevance their scores compare, so one search is enough.
      const options = order ? this.#shards.map((part) => ({ sort: { [order]: "desc" }, filters: { ...filters, part } })) : [{ filters }];
      shards = Promise.all(options.map((each) => this.#pagefind.search(text, each)));
      shards.catch(() => this.#cache.delete(key));
      this.#cache.set(key, shards);
    }
    return (await shards).map(({ results }, shard) => ({ shard, term, hits: results }));
  }
}

/**
 * @param {import("./ranking.mjs").RankedPaper[][]} shards
 * @param {string} order
 * @param {string[]} words
 * @returns {Answer}
 */
function sortedAnswer(shards, order, words) {
  const total = shards.reduce((sum, shard) => sum + shard.length, 0);
  if (order === "date") {
    const newest = shards.reverse().flat(); // a later shard has later dates
    return { total, words, next: paginate(total, (at) => newest[at].hit.data()) };
  }
  const papers = mergeShards(shards, (data) => Number(data.meta.votes ?? 0));
  return {
    total,
    words,
    next: async (count) => {
      const results = [];
      while (results.length < count) {
        const { done, value } = await papers.next();
        if (done) break;
        results.push(toResult(value));
      }
      return results;
    },
  };
}

/**
 * @param {number} total
 * @param {(at: number) => Promise<any>} loadOne
 */
function paginate(total, loadOne) {
  let at = 0;
  return async (/** @type {number} */ count) => {
    const positions = Array.from({ length: Math.min(count, total - at) }, (_, number) => at + number);
    at += positions.length;
    return (await Promise.all(positions.map(loadOne))).map(toResult);
  };
}
