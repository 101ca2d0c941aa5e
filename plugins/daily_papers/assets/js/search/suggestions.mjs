// Suggestions below the search box: the best papers for the text typed so far. Loaded when the box is first used.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { getSearchClient } from "./client.mjs";
import { suggestionList } from "./result-card.mjs";

const MAX_SUGGESTIONS = 6;
const DEBOUNCE_MS = 50;
/** A single Latin letter is the prefix of half of all words. */
const MIN_CHARS = { hangul: 1, other: 2 };

/** @type {WeakSet<HTMLElement>} */
const boxes = new WeakSet();

/** Add suggestions to a search box; a second call does nothing. @param {HTMLElement} box a dp-search-box */
export function addSuggestions(box) {
  if (boxes.has(box)) return;
  boxes.add(box);
  new Suggestions(box);
}

class Suggestions {
  #box;
  #input;
  #list = element("div", { className: "dp-suggestions" });
  /** Announces the number of results to screen readers. */
  #status = element("output", { className: "dp-sr-only" });
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;
  #timer = 0;
  /** Aborts the running search. */
  #controller = new AbortController();

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
    this.#input = /** @type {HTMLInputElement} */ (box.querySelector("input"));
    box.append(this.#list, this.#status);
    for (const type of ["input", "keydown", "focusin", "focusout", "click"]) box.addEventListener(type, this);
    onLocale(box, (messages) => { this.#messages = messages; });
    this.#open();
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === "input") this.#schedule();
    else if (event.type === "focusin") this.#handleFocusIn(/** @type {FocusEvent} */ (event));
    else if (event.type === "focusout") this.#handleFocusOut(/** @type {FocusEvent} */ (event));
    else if (event instanceof KeyboardEvent) this.#handleKey(event);
    // Instant navigation keeps the header, and the box in it, when it replaces the page.
    else if (/** @type {Element} */ (event.target).closest("a")) this.#close();
  }

  /** Start loading the engine before the reader types. */
  #open() {
    getSearchClient(this.#box).catch(() => {});
    if (this.#input.value.trim()) this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), DEBOUNCE_MS);
  }

  async #search() {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    const q = this.#input.value.trim();
    const minimum = /[가-힣]/.test(q) ? MIN_CHARS.hangul : MIN_CHARS.other;
    if (q.length < minimum) return this.#render([], "");
    const messages = this.#messages;
    const allUrl = `${/** @type {HTMLFormElement} */ (this.#input.form).action}?q=${encodeURIComponent(q)}`;
    let nodes;
    let status;
    try {
      const answer = await (await getSearchClient(this.#box)).search({ q, sort: "", filters: {} }, signal);
      nodes = suggestionList(await answer.next(MAX_SUGGESTIONS), answer.words, this.#box, allUrl, messages);
      status = answer.total ? messages?.count("papers", answer.total) : messages?.text("search_none");
    } catch {
      status = messages?.text("search_failed");
      nodes = [element("p", { textContent: status ?? "" })];
    }
    if (!signal.aborted && this.#box.contains(document.activeElement)) this.#render(nodes, status ?? "");
  }

  /**
   * @param {Node[]} nodes
   * @param {string} status
   */
  #render(nodes, status) {
    this.#list.replaceChildren(...nodes);
    this.#status.textContent = status;
  }

  #close() {
    clearTimeout(this.#timer);
    this.#controller.abort();
    this.#render([], "");
  }

  /** @param {FocusEvent} event */
  #handleFocusIn({ relatedTarget }) {
    if (!(relatedTarget instanceof Node && this.#box.contains(relatedTarget))) this.#open();
  }

  /** @param {FocusEvent} event */
  #handleFocusOut({ relatedTarget }) {
    if (!(relatedTarget instanceof Node && this.#box.contains(relatedTarget))) this.#close();
  }

  /** Move between the field and the suggestions with the arrow keys; close with Escape. @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && this.#list.firstChild) {
      this.#input.focus(); // before the list is emptied: focus from outside the box would open it again
      this.#close();
      event.preventDefault(); // Escape would clear the field
      event.stopPropagation();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [this.#input, ...this.#list.querySelectorAll("a")];
    const next = step && stops[stops.indexOf(/** @type {HTMLInputElement} */ (event.target)) + step];
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }
}
