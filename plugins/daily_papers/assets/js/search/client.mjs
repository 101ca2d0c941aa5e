// Looks papers up, in a worker, so that a page is never held up by it. Loaded when somebody searches.

/**
 * @typedef {import("./result.mjs").Found} Found
 * @typedef {{q: string, sort: "" | "date" | "votes", filters: Record<string, string>}} Query
 * @typedef {{total: number, words: string[], next: (count: number) => Promise<Found[]>}} Answer
 */

/** @type {Map<string, Promise<Engine>>} */
const engines = new Map();
/** Loads with this module, not only with the first word. @type {ReturnType<typeof start> | undefined} */
let waiting = start();

/**
 * @param {HTMLElement} element that says where the archive is, and in which parts
 * @returns {Promise<Engine>} rejects where there is no index
 */
export function engineOf(element) {
  const folder = new URL(`${element.dataset.archive}search/`, document.baseURI).href;
  let engine = engines.get(folder);
  if (!engine) {
    engine = open(folder, (element.dataset.shards ?? "").split(" "));
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
  const { worker, failed } = waiting ?? start();
  waiting = undefined;
  try {
    await Promise.race([new Talk(worker, { folder, parts }).heard(), failed]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return new Engine(worker);
}

/** @returns {{worker: Worker, failed: Promise<never>}} failed: rejects where it could not be loaded, as without a network */
function start() {
  const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  const failed = new Promise((_, reject) => worker.addEventListener("error", reject));
  failed.catch(() => {}); // is told to whoever searches
  return { worker, failed };
}

class Engine {
  #worker;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /**
   * @param {Query} query
   * @param {AbortSignal} signal ends the search, and what may still be asked of its answer
   * @returns {Promise<Answer>} rejects where the search fails; does nothing any more once it has ended
   */
  async find(query, signal) {
    signal.throwIfAborted();
    const talk = new Talk(this.#worker, query);
    signal.addEventListener("abort", () => talk.end());
    const { total, words } = await talk.heard();
    return { total, words, next: (count) => talk.say(count) };
  }
}

/** What is said to and fro of one matter; the worker answers each message before it takes the next. */
class Talk {
  #port;

  /**
   * @param {Worker} worker
   * @param {any} message
   */
  constructor(worker, message) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    worker.postMessage(message, [port2]);
  }

  /** @returns {Promise<any>} what is answered next */
  heard() {
    return new Promise((resolve, reject) => {
      this.#port.onmessage = ({ data: { answer, failure } }) => (failure ? reject(new Error(failure)) : resolve(answer));
    });
  }

  /** @param {any} message */
  say(message) {
    this.#port.postMessage(message);
    return this.heard();
  }

  end() {
    this.#port.postMessage(null);
  }
}
