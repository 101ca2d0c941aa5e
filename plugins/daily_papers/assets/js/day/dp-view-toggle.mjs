// <dp-view-toggle>: switch between cards and a list. The choice is stored on this device and set as data-dp-view at the
// page's root; the early script sets it before the first paint.

import { read, write } from "../lib/local-storage.mjs";

class DpViewToggle extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    const stored = read("view", /** @type {string} */ ("cards"));
    this.#show(stored === "list" ? "list" : "cards");
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

if (!customElements.get("dp-view-toggle")) customElements.define("dp-view-toggle", DpViewToggle);
