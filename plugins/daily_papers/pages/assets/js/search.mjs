// Looks papers up: Pagefind over the parts of the archive, asked in each way the query can be said, and what it finds in
// one order. Loaded when somebody searches.

import { load } from "./core/data.mjs";
import { read } from "./core/found.mjs";
import { byPlace, byRelevance, merged } from "./core/fuse.mjs";
import { Dictionary, shortened, variants } from "./core/query.mjs";

/**
 * @typedef {import("./core/found.mjs").Found} Found
 * @typedef {{q: string, sort: "" | "date" | "votes", filters: Record<string, string>}} Query
 * @typedef {{total: number, words: string[], next: (count: number) => Promise<Found[]>}} Answer
 */

/** Whoever finds so few has a word wrong, it may be. */
const FEW = 5;
/** A title that has all that was asked counts most; addresses and numbers are no words. */
const RANKING = { metaWeights: { title: 2, url: 0, image: 0, votes: 0 } };

/** @type {Map<string, Promise<Engine>>} */
const engines = new Map();

/**
 * @param {HTMLElement} element that says where the archive is, and in which parts
 * @returns {Promise<Engine>} rejects where there is no index
 */
export function engineOf(element) {
  const folder = new URL(`${element.dataset.archive}search/`, document.baseURI).href;
  let engine = engines.get(folder);
  if (!engine) {
    engine = open(folder, (element.dataset.parts ?? "").split(" "));
    engines.set(folder, engine);
    engine.catch(() => engines.delete(folder)); // tried again the next time
  }
  return engine;
}

/**
 * @param {string} folder
 * @param {string[]} parts oldest first
 */
async function open(folder, parts) {
  const start = async () => {
    const { createInstance } = await import(`${folder}${parts[0]}/pagefind.js`);
    const options = (/** @type {string} */ part) => ({ mergeFilter: { part }, ranking: RANKING });
    const pagefind = createInstance({ noWorker: true, basePath: `${folder}${parts[0]}/`, ...options(parts[0]) });
    await pagefind.init();
    await Promise.all(parts.slice(1).map((part) => pagefind.mergeIndex(`${folder}${part}/`, options(part))));
    return pagefind;
  };
  const [pagefind, glossary] = await Promise.all([start(), load(`${folder}glossary.json`)]);
  return new Engine(pagefind, parts, new Dictionary(glossary));
}

class Engine {
  #pagefind;
  #parts;
  #dictionary;

  /**
   * @param {any} pagefind
   * @param {string[]} parts
   * @param {Dictionary} dictionary
   */
  constructor(pagefind, parts, dictionary) {
    this.#pagefind = pagefind;
    this.#parts = parts;
    this.#dictionary = dictionary;
  }

  /** @param {Query} query @returns {Promise<Answer>} */
  async find({ q, sort, filters }) {
    const ways = variants(q, this.#dictionary);
    const words = ways.flatMap((way) => way.words.split(" "));
    // Without a word nothing matches better than another.
    const order = ways.length ? sort : sort || "votes";
    let found = await this.#ask(ways.length ? ways : [{ words: null, weight: 1 }], order, filters, 0);
    if (ways.length && count(found) < FEW) found = [...found, ...(await this.#ask(shortened(ways[0]), order, filters, ways.length))];
    if (order) return sorted(found, order, words);
    const ranked = byRelevance(found);
    return { total: ranked.length, words, next: paged(ranked.length, (at) => ranked[at].hit.data()) };
  }

  /**
   * @param {{words: string | null, weight: number}[]} ways
   * @param {string} order
   * @param {Record<string, string>} filters
   * @param {number} first the number of the first way
   */
  async #ask(ways, order, filters, first) {
    const options = order ? { sort: { [order]: "desc" } } : {};
    const asked = ways.flatMap(({ words, weight }, way) => this.#parts.map(async (name, part) => {
      const { results } = await this.#pagefind.search(words, { ...options, filters: { ...filters, part: name } });
      return { part, way: first + way, weight, hits: results };
    }));
    return Promise.all(asked);
  }
}

/** @param {import("./core/fuse.mjs").Found[]} found */
function count(found) {
  return found.reduce((sum, { hits }) => sum + hits.length, 0);
}

/**
 * @param {import("./core/fuse.mjs").Found[]} found
 * @param {string} order
 * @param {string[]} words
 * @returns {Answer}
 */
function sorted(found, order, words) {
  const parts = byPlace(found);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (order === "date") {
    const newest = parts.reverse().flat(); // a later part has the later dates
    return { total, words, next: paged(total, (at) => newest[at].hit.data()) };
  }
  const papers = merged(parts, (data) => Number(data.meta.votes ?? 0));
  return {
    total,
    words,
    next: async (wanted) => {
      const shown = [];
      while (shown.length < wanted) {
        const { done, value } = await papers.next();
        if (done) break;
        shown.push(read(value));
      }
      return shown;
    },
  };
}

/**
 * @param {number} total
 * @param {(at: number) => Promise<any>} loadOne
 */
function paged(total, loadOne) {
  let at = 0;
  return async (/** @type {number} */ wanted) => {
    const places = Array.from({ length: Math.min(wanted, total - at) }, (_, number) => at + number);
    at += places.length;
    return (await Promise.all(places.map(loadOne))).map(read);
  };
}
