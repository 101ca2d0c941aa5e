// The best papers below the box of every page, while one types. Loaded when the box is first used.

import { suggestions } from "./result-card.mjs";
import { make } from "../lib/dom.mjs";
import { engineOf } from "./client.mjs";
import { speak } from "../i18n/locale.mjs";

const SHOWN = 6;
const PAUSE_MS = 50;
/** One letter begins half of all words. */
const LEAST_CHARS = { hangul: 1, other: 2 };

/** @type {WeakSet<HTMLElement>} */
const served = new WeakSet();

/** Suggest papers below `box` from now on. @param {HTMLElement} box a dp-search-box */
export function suggest(box) {
  if (served.has(box)) return;
  served.add(box);
  new Suggester(box);
}

class Suggester {
  #box;
  #input;
  #list = make("div", { className: "dp-suggestions" });
  /** Tells who does not see the list how much there is. */
  #told = make("output", { className: "dp-sr-only" });
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  #pause = 0;
  /** Ends what is looked for. */
  #search = new AbortController();

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
    this.#input = /** @type {HTMLInputElement} */ (box.querySelector("input"));
    box.append(this.#list, this.#told);
    for (const type of ["input", "keydown", "focusin", "focusout", "click"]) box.addEventListener(type, this);
    speak(box, (words) => { this.#words = words; });
    this.#open();
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === "input") this.#type();
    else if (event.type === "focusin") this.#enter(/** @type {FocusEvent} */ (event));
    else if (event.type === "focusout") this.#leave(/** @type {FocusEvent} */ (event));
    else if (event instanceof KeyboardEvent) this.#walk(event);
    // The header, and the box in it, stays where instant navigation swaps the page.
    else if (/** @type {Element} */ (event.target).closest("a")) this.#close();
  }

  /** Load what finds before the first word is typed. */
  #open() {
    engineOf(this.#box).catch(() => {});
    if (this.#input.value.trim()) this.#type();
  }

  #type() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#suggest(), PAUSE_MS);
  }

  async #suggest() {
    this.#search.abort();
    const { signal } = (this.#search = new AbortController());
    const q = this.#input.value.trim();
    const least = /[가-힣]/.test(q) ? LEAST_CHARS.hangul : LEAST_CHARS.other;
    if (q.length < least) return this.#show([], "");
    const say = this.#words;
    const all = `${/** @type {HTMLFormElement} */ (this.#input.form).action}?q=${encodeURIComponent(q)}`;
    let nodes;
    let told;
    try {
      const answer = await (await engineOf(this.#box)).find({ q, sort: "", filters: {} }, signal);
      nodes = suggestions(await answer.next(SHOWN), answer.words, this.#box, all, say);
      told = answer.total ? say?.count("papers", answer.total) : say?.text("search_none");
    } catch {
      told = say?.text("search_failed");
      nodes = [make("p", { textContent: told ?? "" })];
    }
    if (!signal.aborted && this.#box.contains(document.activeElement)) this.#show(nodes, told ?? "");
  }

  /**
   * @param {Node[]} nodes
   * @param {string} told
   */
  #show(nodes, told) {
    this.#list.replaceChildren(...nodes);
    this.#told.textContent = told;
  }

  #close() {
    clearTimeout(this.#pause);
    this.#search.abort();
    this.#show([], "");
  }

  /** @param {FocusEvent} event */
  #enter({ relatedTarget }) {
    if (!(relatedTarget instanceof Node && this.#box.contains(relatedTarget))) this.#open();
  }

  /** @param {FocusEvent} event */
  #leave({ relatedTarget }) {
    if (!(relatedTarget instanceof Node && this.#box.contains(relatedTarget))) this.#close();
  }

  /** The arrow keys go from what is typed into what was found, and back; Escape closes. @param {KeyboardEvent} event */
  #walk(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && this.#list.firstChild) {
      this.#input.focus(); // while what had the focus is there: else the field would take it for coming in anew
      this.#close();
      event.preventDefault(); // which would empty the field
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
