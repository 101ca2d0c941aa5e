// <dp-follow>: follow a topic (data-topic, a slug), an author (data-author, a name) or a filter (data-query, that of a
// day's page, with data-org for what its organization is called); data-name says it to the reader where that is not
// enough. Without anything to follow it is not seen.

import { follow, followFilter } from "./model.mjs";
import { keeper, tell, watch } from "./store.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

class DpFollow extends HTMLElement {
  static observedAttributes = ["data-topic", "data-author", "data-query", "data-name"];
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  #button = make("button", { type: "button" });
  #said = make("span", { role: "status" });

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#button, this.#said);
    this.#button.addEventListener("click", this);
    watch(this, () => this.#show());
    speak(this, (words) => {
      this.#words = words;
      this.#show();
    });
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#show();
  }

  handleEvent() {
    const { topic, author, query, org } = this.dataset;
    const on = !this.#isOn(keeper.library);
    const outcome = keeper.change((library) => {
      if (topic) return follow(library, "topics", topic, on);
      if (author) return follow(library, "authors", author, on);
      return query ? followFilter(library, { query, ...(org ? { org } : {}) }, on) : library;
    });
    this.#said.textContent = this.#words ? tell(outcome, this.#words) : "";
  }

  get #name() {
    const { name, topic, author, query } = this.dataset;
    return name || topic || author || query || "";
  }

  /** @param {import("./model.mjs").Library} library */
  #isOn({ follows }) {
    const { topic, author, query } = this.dataset;
    if (topic) return follows.topics.includes(topic);
    if (author) return follows.authors.includes(author);
    return follows.filters.some((filter) => filter.query === query);
  }

  #show() {
    const isOn = this.#isOn(keeper.library);
    this.#button.hidden = !this.#name;
    this.#button.ariaPressed = String(isOn);
    if (!this.#words) return;
    this.#button.textContent = this.#words.text("library_follow");
    this.#button.ariaLabel = `${this.#button.textContent}: ${this.#name}`;
  }
}

if (!customElements.get("dp-follow")) customElements.define("dp-follow", DpFollow);
