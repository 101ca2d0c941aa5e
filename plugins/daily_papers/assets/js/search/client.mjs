// Search client of a page. The search runs in a worker, so that it never blocks the page. Loaded on first use.

/**
 * @typedef {import("./result.mjs").Result} Result
 * @typedef {{q: string, sort: "" | "date" | "votes", filters: Record<string, string>}} Query
 * @typedef {{total: number, words: string[], next: (count: number) => Promise<Result[]>}} Answer
 */

/** @type {Map<string, Promise<SearchClient>>} */
const clients = new Map();
/** Started with this module, before the reader types the first word. @type {ReturnType<typeof startWorker> | undefined} */
let preloaded = startWorker();

/**
 * @param {HTMLElement} host its data-archive is the archive's URL, its data-shards the names of the index shards
 * @returns {Promise<SearchClient>} rejects if there is no index
 */
export function getSearchClient(host) {
  const folder = new URL(`${host.dataset.archive}search/`, document.baseURI).href;
  let client = clients.get(folder);
  if (!client) {
    client = openClient(folder, (host.dataset.shards ?? "").split(" "));
    clients.set(folder, client);
    client.catch(() => clients.delete(folder)); // so that the next call retries
  }
  return client;
}

/**
 * @param {string} folder
 * @param {string[]} shards oldest first
 */
async function openClient(folder, shards) {
  const { worker, failure } = preloaded ?? startWorker();
  preloaded = undefined;
  try {
    await Promise.race([new WorkerCall(worker, { folder, shards }).response(), failure]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return new SearchClient(worker);
}

/** @returns {{worker: Worker, failure: Promise<never>}} failure rejects if the worker cannot be loaded, as without a network */
function startWorker() {
  const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  /** @type {Promise<never>} */
  const failure = new Promise((_, reject) => worker.addEventListener("error", reject));
  failure.catch(() => {}); // `openClient` reports it; unhandled rejections would be logged
  return { worker, failure };
}

class SearchClient {
  #worker;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /**
   * @param {Query} query
   * @param {AbortSignal} signal aborts the search and later calls of `next`
   * @returns {Promise<Answer>} rejects if the search fails; stays pending after an abort
   */
  async search(query, signal) {
    signal.throwIfAborted();
    const call = new WorkerCall(this.#worker, query);
    signal.addEventListener("abort", () => call.close());
    const { total, words } = await call.response();
    return { total, words, next: (count) => call.send(count) };
  }
}

/** A conversation with the worker on its own message port. The worker answers each message before it reads the next. */
class WorkerCall {
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

  /** @returns {Promise<any>} the next response */
  response() {
    return new Promise((resolve, reject) => {
      this.#port.onmessage = ({ data: { result, error } }) => (error ? reject(new Error(error)) : resolve(result));
    });
  }

  /** @param {any} message @returns {Promise<any>} the response to it */
  send(message) {
    this.#port.postMessage(message);
    return this.response();
  }

  close() {
    this.#port.postMessage(null);
  }
}
