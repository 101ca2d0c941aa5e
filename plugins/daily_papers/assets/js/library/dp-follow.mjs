// <dp-follow>: button to follow a topic (data-topic, a slug), an author (data-author, a name) or a filter (data-query, the
// query of a day's page; data-org is the name of its organization). data-name is the display name, if it differs. The button
// is hidden while there is nothing to follow.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { follow, followFilter } from "./model.mjs";
import { onLibraryChange, outcomeMessage, store } from "./store.mjs";

class DpFollow extends HTMLElement {
  static observedAttributes = ["data-topic", "data-author", "data-query", "data-name"];
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;
  #button = element("button", { type: "button" });
  #status = element("span", { role: "status" });

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#button, this.#status);
    this.#button.addEventListener("click", this);
    onLibraryChange(this, () => this.#render());
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#render();
    });
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#render();
  }

  handleEvent() {
    const { topic, author, query, org } = this.dataset;
    const on = !this.#isFollowed(store.library);
    const outcome = store.update((library) => {
      if (topic) return follow(library, "topics", topic, on);
      if (author) return follow(library, "authors", author, on);
      return query ? followFilter(library, { query, ...(org ? { org } : {}) }, on) : library;
    });
    this.#status.textContent = this.#messages ? outcomeMessage(outcome, this.#messages) : "";
  }

  get #name() {
    const { name, topic, author, query } = this.dataset;
    return name || topic || author || query || "";
  }

  /** @param {import("./model.mjs").Library} library */
  #isFollowed({ follows }) {
    const { topic, author, query } = this.dataset;
    if (topic) return follows.topics.includes(topic);
    if (author) return follows.authors.includes(author);
    return follows.filters.some((filter) => filter.query === query);
  }

  #render() {
    const isFollowed = this.#isFollowed(store.library);
    this.#button.hidden = !this.#name;
    this.#button.ariaPressed = String(isFollowed);
    if (!this.#messages) return;
    this.#button.textContent = this.#messages.text("library_follow");
    this.#button.ariaLabel = `${this.#button.textContent}: ${this.#name}`;
  }
}

if (!customElements.get("dp-follow")) customElements.define("dp-follow", DpFollow);
