// Looks papers up, beside a page: Pagefind over the parts of the archive, asked for each term in each way it can be said,
// and what it finds in one order. The first message says where to look, each other one is a query; both bring a port for
// what is answered, and for what the page says to it: how many papers more, or null when it wants none.

import { read } from "./result.mjs";
import { byPlace, byRelevance, merged, WHOLE } from "./ranking.mjs";
import { Dictionary, parse } from "./query-parser.mjs";

/**
 * @typedef {import("./ranking.mjs").Found} Hits
 * @typedef {import("./client.mjs").Query} Query
 * @typedef {import("./client.mjs").Answer} Answer
 */

/** Whoever types on asks for the same words again. */
const KEPT = 100;
/** A title that has all that was asked counts most; addresses and numbers are no words. */
const RANKING = { metaWeights: { title: 2, url: 0, image: 0, votes: 0 } };

/** @type {Engine} */
let engine;

addEventListener("message", ({ data, ports: [port] }) => {
  if (data.folder) answer(port, async () => { engine = await open(data.folder, data.parts); });
  else serve(port, data);
});

/**
 * @param {MessagePort} port
 * @param {Query} query
 */
function serve(port, query) {
  let isWanted = true;
  const found = engine.find(query, () => isWanted);
  port.onmessage = ({ data: count }) => {
    isWanted &&= count !== null;
    if (isWanted) answer(port, async () => (await found).next(count));
    else port.close();
  };
  answer(port, async () => {
    const { total, words } = await found;
    return { total, words };
  });
}

/**
 * @param {MessagePort} port
 * @param {() => Promise<any>} work
 */
async function answer(port, work) {
  try {
    port.postMessage({ answer: await work() });
  } catch (error) {
    port.postMessage({ failure: String(error) });
  }
}

/**
 * @param {string} folder
 * @param {string[]} parts oldest first
 */
async function open(folder, parts) {
  const start = async () => {
    const { createInstance } = await import(`${folder}${parts[0]}/pagefind.js`);
    const options = (/** @type {string} */ part) => ({ mergeFilter: { part }, ranking: RANKING });
    const pagefind = createInstance({ basePath: `${folder}${parts[0]}/`, ...options(parts[0]) });
    await pagefind.init();
    await Promise.all(parts.slice(1).map((part) => pagefind.mergeIndex(`${folder}${part}/`, options(part))));
    return pagefind;
  };
  const read = async () => (await fetch(`${folder}glossary.json`)).json();
  const [pagefind, glossary] = await Promise.all([start(), read()]);
  return new Engine(pagefind, parts, new Dictionary(glossary));
}

/** Let messages come in. */
function listen() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // a timer of 0 ms waits for 4
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
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

  /**
   * @param {Query} query
   * @param {() => boolean} isWanted
   * @returns {Promise<Answer>} rejects as soon as it is not wanted any more
   */
  async find({ q, sort, filters }, isWanted) {
    const { terms, wholes } = parse(q, this.#dictionary);
    const words = [...wholes, ...terms.flat()].flatMap((way) => way.split(" "));
    // Without a word nothing matches better than another.
    const order = terms.length ? sort : sort || "votes";
    /** @type {[string | null, number][]} */
    const asked = terms.length ? terms.flatMap((ways, term) => ways.map((way) => [way, term])) : [[null, 0]];
    if (!order) for (const whole of wholes) asked.push([whole, WHOLE]);
    for (const [text] of asked) this.#pagefind.preload(text, { filters });
    /** @type {Hits[]} */
    const found = [];
    for (const [text, term] of asked) {
      await listen();
      if (!isWanted()) throw new Error("not wanted any more");
      found.push(...(await this.#ask(text, term, order, filters)));
    }
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
 * @param {import("./ranking.mjs").Paper[][]} parts
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
