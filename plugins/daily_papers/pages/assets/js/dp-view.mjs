// <dp-view>: the choice between cards and one line a paper. It is hidden until this script can act on it, and the
// choice is remembered on this device where that is allowed.

const KEY = "daily-papers.view";

class DpView extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", this);
    this.#show(remembered());
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    this.#show(button.value);
    remember(button.value);
  }

  /** @param {string} view "cards" or "list" */
  #show(view) {
    const papers = this.closest(".dp")?.querySelector(".dp-papers");
    if (papers instanceof HTMLElement) papers.dataset.view = view;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === view));
    }
  }
}

/** @returns {string} */
function remembered() {
  try {
    return localStorage.getItem(KEY) === "list" ? "list" : "cards";
  } catch {
    return "cards"; // Storage is refused in some private windows: the page starts with cards each time.
  }
}

/** @param {string} view */
function remember(view) {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // As above; the choice holds for this page.
  }
}

if (!customElements.get("dp-view")) customElements.define("dp-view", DpView);
