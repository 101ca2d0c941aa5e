// <dp-view-toggle>: the choice between cards and one line a paper. The choice
// stands at the page's root, where the early script puts it before anything is painted, and is kept on this device.

import { read, write } from "../lib/local-storage.mjs";

class DpView extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.#show(read("view", "cards") === "list" ? "list" : "cards");
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    this.#show(button.value);
    write("view", button.value);
  }

  /** @param {string} view "cards" or "list" */
  #show(view) {
    document.documentElement.dataset.dpView = view;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === view));
    }
  }
}

if (!customElements.get("dp-view-toggle")) customElements.define("dp-view-toggle", DpView);
