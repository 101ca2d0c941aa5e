// Looks papers up: Pagefind over the parts of the archive, asked for each term in each way it can be said, and what it
// finds in one order. Loaded when somebody searches.

import { load } from "./core/data.mjs";
import { read } from "./core/found.mjs";
import { byPlace, byRelevance, merged, WHOLE } from "./core/fuse.mjs";
import { Dictionary, parse } from "./core/query.mjs";

/**
 * @typedef {import("./core/found.mjs").Found} Found
 * @typedef {import("./core/fuse.mjs").Found} Hits
 * @typedef {{q: string, sort: "" | "date" | "votes", filters: Record<string, string>}} Query
 * @typedef {{total: number, words: string[], next: (count: number) => Promise<Found[]>}} Answer
 */

/** Whoever types on asks for the same words again. */
const KEPT = 100;
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
  /** What Pagefind has answered, or will. @type {Map<string, Promise<{results: any[]}[]>>} */
  #asked = new Map();

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
    const { terms, wholes } = parse(q, this.#dictionary);
    const words = [...wholes, ...terms.flat()].flatMap((way) => way.split(" "));
    // Without a word nothing matches better than another.
    const order = terms.length ? sort : sort || "votes";
    const ask = (/** @type {string | null} */ text, /** @type {number} */ term) => this.#ask(text, term, order, filters);
    const asked = terms.length ? terms.flatMap((ways, term) => ways.map((way) => ask(way, term))) : [ask(null, 0)];
    if (!order) for (const whole of wholes) asked.push(ask(whole, WHOLE));
    const found = (await Promise.all(asked)).flat();
    const count = terms.length || 1;
    if (order) return sorted(byPlace(found, count), order, words);
    const ranked = byRelevance(found, count);
    return { total: ranked.length, words, next: paged(ranked.length, (at) => ranked[at].hit.data()) };
  }

  /**
   * @param {string | null} text all words of which a paper should have; null: every paper
   * @param {number} term
   * @param {string} order
   * @param {Record<string, string>} filters
   * @returns {Promise<Hits[]>} by part where they are sorted, since Pagefind sorts each part by itself
   */
  async #ask(text, term, order, filters) {
    const key = JSON.stringify([text, order, filters]);
    let parts = this.#asked.get(key);
    if (!parts) {
      if (this.#asked.size >= KEPT) this.#asked.clear();
      // Whatever part is asked for, Pagefind looks in all of them: where one score orders them, they are asked for at once.
      const options = order ? this.#parts.map((part) => ({ sort: { [order]: "desc" }, filters: { ...filters, part } })) : [{ filters }];
      parts = Promise.all(options.map((each) => this.#pagefind.search(text, each)));
      parts.catch(() => this.#asked.delete(key));
      this.#asked.set(key, parts);
    }
    return (await parts).map(({ results }, part) => ({ part, term, hits: results }));
  }
}

/**
 * @param {import("./core/fuse.mjs").Paper[][]} parts
 * @param {string} order
 * @param {string[]} words
 * @returns {Answer}
 */
function sorted(parts, order, words) {
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
