// <dp-search>: the box on every page. Without scripts its form leads to the search; with them it shows the best papers
// while one types. "/" and Ctrl-K go to it. What finds them is loaded when it is first used.

import { speak } from "./speech.mjs";

const SHOWN = 6;
const PAUSE_MS = 80;
/** One letter begins half of all words. */
const LEAST_CHARS = { hangul: 1, other: 2 };

class DpSearch extends HTMLElement {
  /** @type {import("./core/words.mjs").Words | undefined} */
  #words;
  #turn = 0;
  #pause = 0;

  connectedCallback() {
    // The header stays when instant navigation swaps the page: what is relative to this page is made absolute.
    for (const name of ["root", "archive"]) this.dataset[name] = new URL(this.dataset[name] ?? "", document.baseURI).href;
    this.#form.action = new URL(this.#form.getAttribute("action") ?? "", document.baseURI).href;
    for (const type of ["input", "keydown", "focusin", "focusout"]) this.addEventListener(type, this);
    document.addEventListener("keydown", this);
    speak(this, (words) => { this.#words = words; });
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const isOurs = event.target instanceof Node && this.contains(event.target);
    if (event.type === "input") this.#type();
    else if (event.type === "focusin") this.#open();
    else if (event.type === "focusout") this.#leave(/** @type {FocusEvent} */ (event));
    else if (event instanceof KeyboardEvent && event.currentTarget === document) this.#call(event);
    else if (event instanceof KeyboardEvent && isOurs) this.#walk(event);
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** Load what finds before the first word is typed. */
  #open() {
    import("./search.mjs").then(({ engineOf }) => engineOf(this)).catch(() => {});
    if (this.#input.value.trim()) this.#type();
  }

  #type() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#suggest(), PAUSE_MS);
  }

  async #suggest() {
    const turn = ++this.#turn;
    const q = this.#input.value.trim();
    const least = /[가-힣]/.test(q) ? LEAST_CHARS.hangul : LEAST_CHARS.other;
    if (q.length < least) return this.#show([]);
    let nodes;
    try {
      const [{ engineOf }, { suggestions }] = await Promise.all([import("./search.mjs"), import("./found.mjs")]);
      const answer = await (await engineOf(this)).find({ q, sort: "", filters: {} });
      nodes = suggestions(await answer.next(SHOWN), answer.words, this, `${this.#form.action}?q=${encodeURIComponent(q)}`, this.#words);
    } catch {
      const failed = document.createElement("p");
      failed.textContent = this.#words?.text("search_failed") ?? "";
      nodes = [failed];
    }
    if (turn === this.#turn && this.contains(document.activeElement)) this.#show(nodes);
  }

  /** @param {Node[]} nodes */
  #show(nodes) {
    let box = this.querySelector(".dp-suggested");
    if (!box) this.append((box = Object.assign(document.createElement("div"), { className: "dp-suggested" })));
    box.replaceChildren(...nodes);
  }

  /** @param {FocusEvent} event */
  #leave({ relatedTarget }) {
    if (relatedTarget instanceof Node && this.contains(relatedTarget)) return;
    this.#turn++;
    this.#show([]);
  }

  /** Go to the box by the keys for it. @param {KeyboardEvent} event */
  #call(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const isTyping = target.isContentEditable || target.matches("input, select, textarea");
    const isK = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK";
    // On pages of ours the keys of the page decide where "/" goes.
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping && !document.querySelector("dp-keys:defined");
    if (!isK && !isSlash) return;
    event.preventDefault();
    this.#input.focus();
    this.#input.select();
  }

  /** The arrow keys go from what is typed into what was found, and back; Escape closes. @param {KeyboardEvent} event */
  #walk(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      this.#show([]);
      this.#input.focus();
      event.stopPropagation();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [this.#input, ...this.querySelectorAll(".dp-suggested a")];
    const next = step && stops[stops.indexOf(/** @type {HTMLInputElement} */ (event.target)) + step];
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }
}

if (!customElements.get("dp-search")) customElements.define("dp-search", DpSearch);
