// Storage of the library: one text in localStorage. Text that cannot be read is never discarded.

import { addVisit, decode, emptyLibrary, encode, exceededLimit, normalize, pruneUndone } from "./model.mjs";

/**
 * @typedef {import("./model.mjs").Library} Library
 * @typedef {"" | "refused" | "newer" | "stuck" | "papers" | "size" | "full"} Outcome of a change: a problem or an exceeded
 *   limit; "" for success
 */

const KEY = "daily-papers.library";
const BACKUP_KEY = `${KEY}.aside`;

/** The library in a storage. Dispatches "change" after each change, and backs up a text before it replaces a broken one. */
export class LibraryStore extends EventTarget {
  #getStorage;
  #library = emptyLibrary();
  /** @type {string | null | undefined} the stored text as last read or written */
  #text;
  /** @type {"" | "refused" | "newer" | "stuck"} */
  #problem = "";
  #isFresh = false;

  /** @param {() => Storage} getStorage may throw, where the browser refuses access */
  constructor(getStorage) {
    super();
    this.#getStorage = getStorage;
  }

  /** The current library. It is read once per task, for all papers of a page. */
  get library() {
    if (!this.#isFresh) {
      this.#reload();
      this.#isFresh = true;
      queueMicrotask(() => (this.#isFresh = false));
    }
    return this.#library;
  }

  /**
   * Why the library is not stored. "refused": the browser denies access, so it lasts as long as the page. "newer": a newer
   * version of this site wrote it. "stuck": a broken text could not be backed up. The last two block changes.
   */
  get problem() {
    this.#reload();
    return this.#problem;
  }

  /**
   * @param {(library: Library) => Library} change
   * @returns {Outcome} anything but "" and "refused" means that nothing changed
   */
  update(change) {
    this.#reload();
    const before = this.#library;
    if (this.#problem === "newer" || this.#problem === "stuck") return this.#problem;
    const after = change(before);
    if (after === before) return this.#problem;
    const library = pruneUndone(normalize(after));
    const text = encode(library);
    const limit = exceededLimit(library, text);
    if (limit && text.length > encode(before).length) return limit;
    if (!this.#problem && !this.#write(text)) return "full";
    this.#library = library;
    this.dispatchEvent(new Event("change"));
    return this.#problem;
  }

  /** @returns {[string, string][]} name and text of each backup */
  backups() {
    try {
      const storage = this.#getStorage();
      const names = Array.from({ length: storage.length }, (_, number) => storage.key(number) ?? "");
      const backups = names.filter((name) => name.startsWith(BACKUP_KEY)).sort();
      return backups.map((name) => [name, storage.getItem(name) ?? ""]);
    } catch {
      return [];
    }
  }

  /** Delete all backups, at the reader's request. */
  deleteBackups() {
    for (const [name] of this.backups()) this.#getStorage().removeItem(name);
    this.dispatchEvent(new Event("change"));
  }

  /** Read the storage again: another tab may have changed it. */
  #reload() {
    if (this.#problem === "refused") return;
    let text;
    try {
      text = this.#getStorage().getItem(KEY);
    } catch {
      this.#problem = "refused";
      return;
    }
    if (text === this.#text) return;
    this.#text = text;
    const { library, state } = decode(text);
    this.#library = library;
    this.#problem = state === "newer" ? "newer" : "";
    if (state === "broken") this.#problem = this.#backUp(text ?? "") && this.#write(encode(library)) ? "" : "stuck";
  }

  /** @param {string} text @returns {boolean} true if a backup with this text exists now */
  #backUp(text) {
    const backups = this.backups();
    if (backups.some(([, other]) => other === text)) return true;
    let number = 1;
    while (backups.some(([name]) => name === `${BACKUP_KEY}.${number}`)) number++;
    try {
      this.#getStorage().setItem(`${BACKUP_KEY}.${number}`, text);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} text @returns {boolean} false if the storage is full; a denied access is remembered as "refused" */
  #write(text) {
    try {
      this.#getStorage().setItem(KEY, text);
      this.#text = text;
    } catch (error) {
      if (error instanceof DOMException && /quota/i.test(error.name)) return false;
      this.#problem = "refused";
    }
    return true;
  }
}

/** The library of this device. */
export const store = new LibraryStore(() => localStorage);

// Dispatched when another tab changes the storage.
addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) store.dispatchEvent(new Event("change"));
});

/**
 * Call `callback` with the library, now and after each change, until `owner` leaves the document.
 * @param {Element} owner
 * @param {(library: Library) => void} callback
 */
export function onLibraryChange(owner, callback) {
  const listener = () => {
    if (owner.isConnected) callback(store.library);
    else store.removeEventListener("change", listener);
  };
  store.addEventListener("change", listener);
  listener();
}

/** @returns {string} the current instant, in UTC */
export function now() {
  return new Date().toISOString();
}

let isRecorded = false;

/** Record that the reader is here. @param {Record<string, number>} [days] papers by date, from a page that lists them */
export function recordVisit(days) {
  // Every paper and calendar of a page calls this; one record is enough.
  if (isRecorded && !days) return;
  isRecorded = true;
  queueMicrotask(() => (isRecorded = false));
  store.update((library) => {
    const visits = addVisit(library.visits, now(), days);
    return visits === library.visits ? library : { ...library, visits };
  });
}

/**
 * @param {Outcome} outcome
 * @param {import("../i18n/messages.mjs").Messages} messages
 * @returns {string} message for the reader; "" for success
 */
export function outcomeMessage(outcome, messages) {
  return outcome && messages.text(`library_${outcome}`);
}
