// <dp-table-filter>: filters the page's tables by name. Names are compared as author names are.

import { onLocale } from "../i18n/locale.mjs";
import { foldName, matches, nameWords } from "./name-index.mjs";

class DpTableFilter extends HTMLElement {
  /** @type {[HTMLElement, string[]][]} each row and the folded words of its name */
  #rows = [];
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;

  connectedCallback() {
    const rows = this.closest(".dp")?.querySelectorAll("tbody tr") ?? [];
    this.#rows = Array.from(rows, (row) => [
      /** @type {HTMLElement} */ (row),
      foldName(row.querySelector("th")?.textContent ?? "").split(" "),
    ]);
    this.addEventListener("input", this);
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#filter();
    });
  }

  handleEvent() {
    this.#filter();
  }

  #filter() {
    const typed = nameWords(this.querySelector("input")?.value ?? "");
    // Two tables list the same names in different orders.
    const shown = new Set();
    for (const [row, words] of this.#rows) {
      row.hidden = !matches(typed, words);
      if (!row.hidden) shown.add(row.querySelector("a")?.href);
    }
    const output = this.querySelector("output");
    if (output) output.textContent = typed.length && this.#messages ? this.#messages.count("found", shown.size) : "";
  }
}

if (!customElements.get("dp-table-filter")) customElements.define("dp-table-filter", DpTableFilter);
