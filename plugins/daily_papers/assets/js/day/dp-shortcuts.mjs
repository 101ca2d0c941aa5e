// <dp-shortcuts>: keyboard shortcuts of a page of papers, and the dialog that lists them. The keys for save and read
// dispatch "dp-save" and "dp-read" at the paper's article, where <dp-paper-actions> handles them.

import { language, loadMessages } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";

const HELP = [
  ["j", "key_next"], ["k", "key_previous"], ["o", "key_open"], ["s", "key_save"], ["r", "key_read"],
  ["/", "key_find"], ["t", "key_newest"], ["?", "key_help"],
];

class DpShortcuts extends HTMLElement {
  /** The paper of the last shortcut. @type {HTMLElement | null} */
  #last = null;

  connectedCallback() {
    this.addEventListener("click", this);
    // The theme binds some of the same keys at the document or the window.
    document.documentElement.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.documentElement.removeEventListener("keydown", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (!(event instanceof KeyboardEvent)) return event.target instanceof Element && event.target.closest("dialog") ? undefined : this.#help();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event) || document.querySelector("dialog[open]")) return;
    if (!this.#press(keyOf(event))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key @returns {boolean} true if a shortcut ran */
  #press(key) {
    if (key === "?") return this.#help();
    if (key === "t") return this.#goHome();
    if (key === "/") return focusSearch();
    if (key === "j") return this.#step(1);
    if (key === "k") return this.#step(-1);
    const article = this.#current();
    if (!article) return false;
    if (key === "o") return openPaper(article);
    if (key === "s") return dispatch(article, "dp-save");
    return key === "r" && dispatch(article, "dp-read");
  }

  /** @returns {HTMLElement | null} the focused paper, else that of the last shortcut */
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
    document.documentElement.dataset.dpFullLayout = ""; // scrolling needs the papers' true heights
    /** @type {HTMLElement | null} */ (article.querySelector(".dp-title a"))?.focus({ preventScroll: true });
    // Smooth scrolling would delay a key that is held down.
    article.scrollIntoView({ block: article.classList.contains("dp-compact") ? "nearest" : "start", behavior: "instant" });
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
 * @returns {string} the key; with a Korean keyboard layout the Latin letter of the same physical key
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

/** @param {HTMLElement[]} articles @returns {number} index of the first with its title below the sticky header */
function firstInView(articles) {
  const at = articles.findIndex((article) => {
    const title = article.querySelector(".dp-title") ?? article;
    return title.getBoundingClientRect().top >= parseFloat(getComputedStyle(article).scrollMarginTop);
  });
  return at < 0 ? articles.length - 1 : at;
}

/** @param {HTMLElement} article */
function openPaper(article) {
  const link = /** @type {HTMLAnchorElement | null} */ (article.querySelector(".dp-title > [lang] a"));
  if (link) window.open(link.href, "_blank", "noopener,noreferrer");
  return Boolean(link);
}

/**
 * @param {HTMLElement} article
 * @param {string} name of the event
 */
function dispatch(article, name) {
  article.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  return true;
}

/**
 * Focus the first of these: the day's filter, the page's own search field, the search box. Without any, the key is left to
 * the theme's search.
 */
function focusSearch() {
  const filter = /** @type {any} */ (document.querySelector("dp-filter:defined"));
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.dp input[type="search"]')]);
  const fields = all.filter((field) => field.getClientRects().length);
  const search = fields.find((field) => !field.closest("dp-search-box")) ?? fields[0];
  if (filter) filter.focusSearch();
  else search?.focus();
  return Boolean(filter || search);
}

/** @param {HTMLElement} parent contains the dialog until it is closed */
async function showHelp(parent) {
  const messages = await loadMessages(language());
  // Meanwhile the page may have been left, or the key pressed twice.
  if (!parent.isConnected || parent.querySelector("dialog")) return;
  const search = document.querySelector("dp-search-box") ? [["Ctrl K", "key_search"]] : [];
  const list = [...HELP, ...search].flatMap(([key, text]) => [
    element("dt", {}, element("kbd", { textContent: key })),
    element("dd", { textContent: messages.text(text) }),
  ]);
  const close = element("button", { type: "button", textContent: messages.text("close") });
  const title = element("h2", { textContent: messages.text("keys") });
  const dialog = element("dialog", { className: "dp-help", ariaLabel: title.textContent }, title, element("dl", {}, ...list), close);
  // A click on the backdrop has the dialog itself as its target.
  dialog.addEventListener("click", ({ target }) => { if (target === close || target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  parent.append(dialog);
  dialog.showModal();
}

if (!customElements.get("dp-shortcuts")) customElements.define("dp-shortcuts", DpShortcuts);
