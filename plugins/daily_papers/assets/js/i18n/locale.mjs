// Which language the reader reads, and its words for whatever the scripts have to say. One page holds every language;
// data-dp-lang at its root names the one the reader has chosen, and without it the site's first one holds.

import { read, write } from "../lib/local-storage.mjs";
import { Words } from "./messages.mjs";

const CHANGED = "dp-language";

// A page that Material has put into one of another kind comes without its early script; and before any element speaks.
const chosen = read("language", "");
if (chosen) document.documentElement.dataset.dpLang ??= chosen;

/** @type {Map<string, Promise<Words>>} */
const loaded = new Map();

/** @returns {string[]} the languages of this site, its first one first */
export function languages() {
  const buttons = [...document.querySelectorAll("dp-language button")];
  const codes = buttons.map((button) => /** @type {HTMLButtonElement} */ (button).value);
  return codes.length ? codes : [document.querySelector(".dp")?.getAttribute("lang") || "en"];
}

/** @returns {string} */
export function language() {
  const chosen = document.documentElement.dataset.dpLang;
  const known = languages();
  return chosen && known.includes(chosen) ? chosen : known[0];
}

/** Keep `code` as the reader's language, and tell whoever speaks. @param {string} code */
export function choose(code) {
  write("language", code);
  document.documentElement.dataset.dpLang = code;
  document.dispatchEvent(new Event(CHANGED));
}

/**
 * @param {string} code
 * @returns {Promise<Words>}
 */
export function wordsOf(code) {
  let words = loaded.get(code);
  if (!words) {
    words = import(`./${code}.mjs`).then((module) => new Words(code, module.default));
    loaded.set(code, words);
    words.catch(() => loaded.delete(code)); // asked for again the next time
  }
  return words;
}

/**
 * Call `say` with the reader's words, now and whenever the language changes, until `owner` has left the page.
 * @param {Element} owner
 * @param {(words: Words) => void} say
 */
export function speak(owner, say) {
  const now = async () => {
    if (!owner.isConnected) return document.removeEventListener(CHANGED, now);
    // Without its words a page keeps the ones it came with.
    const words = await wordsOf(language()).catch(() => undefined);
    if (words?.language === language()) say(words);
  };
  document.addEventListener(CHANGED, now);
  now();
}
