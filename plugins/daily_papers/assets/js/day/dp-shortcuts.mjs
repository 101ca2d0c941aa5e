// <dp-shortcuts>: a page of papers by single keys, and the dialog that tells which. What s and r do to a paper is others' part:
// they hear "dp-save" and "dp-read" at its article.

import { make } from "../lib/dom.mjs";
import { language, wordsOf } from "../i18n/locale.mjs";

const HELP = [
  ["j", "key_next"], ["k", "key_previous"], ["o", "key_open"], ["s", "key_save"], ["r", "key_read"],
  ["/", "key_find"], ["t", "key_newest"], ["?", "key_help"],
];

class DpKeys extends HTMLElement {
  /** The paper that the keys were last used on. @type {HTMLElement | null} */
  #last = null;

  connectedCallback() {
    this.addEventListener("click", this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (!(event instanceof KeyboardEvent)) return event.target instanceof Element && event.target.closest("dialog") ? undefined : this.#help();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event) || document.querySelector("dialog[open]")) return;
    if (!this.#press(keyOf(event))) return;
    event.preventDefault();
    // The theme has keys of its own at the window, some of them the same.
    event.stopPropagation();
  }

  /** @param {string} key @returns {boolean} whether it is one of ours, and there was something to do */
  #press(key) {
    if (key === "?") return this.#help();
    if (key === "t") return this.#goHome();
    if (key === "/") return find();
    if (key === "j") return this.#step(1);
    if (key === "k") return this.#step(-1);
    const article = this.#current();
    if (!article) return false;
    if (key === "o") return open(article);
    if (key === "s") return tell(article, "dp-save");
    return key === "r" && tell(article, "dp-read");
  }

  /** @returns {HTMLElement | null} the paper that has the focus, else the last one that the keys went to */
  #current() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".dp-paper") ?? null);
    const last = this.#last?.isConnected && !this.#last.hidden ? this.#last : null;
    return focused ?? last;
  }

  /** @param {1 | -1} step */
  #step(step) {
    const articles = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".dp-paper:not([hidden])")]);
    if (!articles.length) return false;
    const current = this.#current();
    const at = current ? articles.indexOf(current) + step : firstInView(articles);
    const article = articles[Math.min(Math.max(at, 0), articles.length - 1)];
    this.#last = article;
    document.documentElement.dataset.dpFullLayout = ""; // the way to it is measured in true heights
    /** @type {HTMLElement | null} */ (article.querySelector(".dp-title a"))?.focus({ preventScroll: true });
    const isList = document.documentElement.dataset.dpView === "list";
    // At once: whoever holds the key down would wait for each glide.
    article.scrollIntoView({ block: isList ? "nearest" : "start", behavior: "instant" });
    return true;
  }

  #goHome() {
    location.assign(new URL(this.dataset.home ?? "", document.baseURI));
    return true;
  }

  #help() {
    showHelp(this);
    return true;
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {string} the key; where a keyboard is set to Korean, that which stands in the same place
 */
function keyOf(event) {
  const isLatin = /^[ -~]$/.test(event.key);
  return isLatin || event.shiftKey ? event.key : event.code.replace(/^Key/, "").toLowerCase();
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=button])");
}

/** @param {HTMLElement[]} articles @returns {number} the first whose title is not above what one sees */
function firstInView(articles) {
  const at = articles.findIndex((article) => {
    const title = article.querySelector(".dp-title") ?? article;
    return title.getBoundingClientRect().top >= parseFloat(getComputedStyle(article).scrollMarginTop);
  });
  return at < 0 ? articles.length - 1 : at;
}

/** @param {HTMLElement} article */
function open(article) {
  const link = /** @type {HTMLAnchorElement | null} */ (article.querySelector(".dp-title > [lang] a"));
  if (link) window.open(link.href, "_blank", "noopener,noreferrer");
  return Boolean(link);
}

/**
 * @param {HTMLElement} article
 * @param {string} name
 */
function tell(article, name) {
  article.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  return true;
}

/**
 * Go to where words are typed: the day's filter, else the page's own field, else the box that is on every page, which
 * Ctrl-K goes to from anywhere; the theme's own search has the key itself.
 */
function find() {
  const filter = /** @type {any} */ (document.querySelector("dp-filter:defined"));
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.dp input[type="search"]')]);
  const fields = all.filter((field) => field.getClientRects().length);
  const search = fields.find((field) => !field.closest("dp-search-box")) ?? fields[0];
  if (filter) filter.find();
  else search?.focus();
  return Boolean(filter || search);
}

/** @param {HTMLElement} place in which the dialog stands until it is closed */
async function showHelp(place) {
  const words = await wordsOf(language());
  if (!place.isConnected || place.querySelector("dialog")) return; // left, or pressed twice, meanwhile
  const search = document.querySelector("dp-search-box") ? [["Ctrl K", "key_search"]] : [];
  const list = [...HELP, ...search].flatMap(([key, text]) => [
    make("dt", {}, make("kbd", { textContent: key })),
    make("dd", { textContent: words.text(text) }),
  ]);
  const close = make("button", { type: "button", textContent: words.text("close") });
  const title = make("h2", { textContent: words.text("keys") });
  const dialog = make("dialog", { className: "dp-help", ariaLabel: title.textContent }, title, make("dl", {}, ...list), close);
  // A press beside it closes it as well: it meets the dialog itself, nothing in it.
  dialog.addEventListener("click", ({ target }) => { if (target === close || target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  place.append(dialog);
  dialog.showModal();
}

if (!customElements.get("dp-shortcuts")) customElements.define("dp-shortcuts", DpKeys);
