// The reader's language and its messages. A page contains every language of the site; data-dp-lang at its root names the
// chosen one. Without that attribute the site's first language applies.

import { read, write } from "../lib/local-storage.mjs";
import { Messages } from "./messages.mjs";

const LANGUAGE_CHANGED = "dp-language";

// Instant navigation from a page of the theme's own skips the early script, which sets the attribute elsewhere. Set it
// before any element renders.
const stored = read("language", "");
if (stored) document.documentElement.dataset.dpLang ??= stored;

/** @type {Map<string, Promise<Messages>>} */
const loaded = new Map();

/** @returns {string[]} the languages of this site, the default one first */
export function languages() {
  const buttons = [...document.querySelectorAll("dp-language button")];
  const codes = buttons.map((button) => /** @type {HTMLButtonElement} */ (button).value);
  return codes.length ? codes : [document.querySelector(".dp")?.getAttribute("lang") || "en"];
}

/** @returns {string} the reader's language */
export function language() {
  const chosen = document.documentElement.dataset.dpLang;
  const known = languages();
  return chosen && known.includes(chosen) ? chosen : known[0];
}

/** Store `code` as the reader's language and notify every `onLocale` callback. @param {string} code */
export function setLanguage(code) {
  write("language", code);
  document.documentElement.dataset.dpLang = code;
  document.dispatchEvent(new Event(LANGUAGE_CHANGED));
}

/**
 * @param {string} code
 * @returns {Promise<Messages>}
 */
export function loadMessages(code) {
  let messages = loaded.get(code);
  if (!messages) {
    messages = import(`./${code}.mjs`).then((module) => new Messages(code, module.default));
    loaded.set(code, messages);
    messages.catch(() => loaded.delete(code)); // so that the next call retries
  }
  return messages;
}

/**
 * Call `callback` with the reader's messages, now and after each change of language, until `owner` leaves the document.
 * @param {Element} owner
 * @param {(messages: Messages) => void} callback
 */
export function onLocale(owner, callback) {
  const listener = async () => {
    if (!owner.isConnected) return document.removeEventListener(LANGUAGE_CHANGED, listener);
    // If the messages fail to load, the page keeps its current texts.
    const messages = await loadMessages(language()).catch(() => undefined);
    if (messages?.language === language()) callback(messages);
  };
  document.addEventListener(LANGUAGE_CHANGED, listener);
  listener();
}
