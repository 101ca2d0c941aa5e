// <dp-table-filter>: narrows the tables of its page to the rows whose names match what is typed, as names are compared.

import { fold, matches, wordsOf } from "./name-index.mjs";
import { speak } from "../i18n/locale.mjs";

class DpNarrow extends HTMLElement {
  /** @type {[HTMLElement, string[]][]} each row of the page, and the words of its name */
  #rows = [];

  connectedCallback() {
    const rows = this.closest(".dp")?.querySelectorAll("tbody tr") ?? [];
    this.#rows = Array.from(rows, (row) => [
      /** @type {HTMLElement} */ (row),
      fold(row.querySelector("th")?.textContent ?? "").split(" "),
    ]);
    this.addEventListener("input", this);
    speak(this, (words) => this.#narrow(words));
  }

  handleEvent() {
    this.#narrow();
  }

  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;

  /** @param {import("../i18n/messages.mjs").Words} [words] */
  #narrow(words = this.#words) {
    this.#words = words;
    const typed = wordsOf(this.querySelector("input")?.value ?? "");
    const left = new Set();
    for (const [row, name] of this.#rows) {
      row.hidden = !matches(typed, name);
      if (!row.hidden) left.add(row.querySelector("a")?.href);
    }
    const output = this.querySelector("output");
    if (output) output.textContent = typed.length && words ? words.count("found", left.size) : "";
  }
}

if (!customElements.get("dp-table-filter")) customElements.define("dp-table-filter", DpNarrow);
