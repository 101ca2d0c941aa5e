// <dp-search-box>: search box on every page. Without scripts its form opens the search page; with them it suggests the best
// papers as the reader types. "/" and Ctrl-K focus it. The search itself is loaded on first use.

class DpSearchBox extends HTMLElement {
  connectedCallback() {
    // Instant navigation keeps the header when it replaces the page, so relative URLs become absolute now.
    for (const name of ["root", "archive"]) this.dataset[name] = new URL(this.dataset[name] ?? "", document.baseURI).href;
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    form.action = new URL(form.getAttribute("action") ?? "", document.baseURI).href;
    this.addEventListener("focusin", this);
    // The theme binds "/" at the document or the window.
    document.documentElement.addEventListener("keydown", this);
    if (this.contains(document.activeElement)) this.#load();
  }

  disconnectedCallback() {
    document.documentElement.removeEventListener("keydown", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event instanceof KeyboardEvent) this.#handleShortcut(event);
    else this.#load();
  }

  #load() {
    import("./suggestions.mjs").then(({ addSuggestions }) => addSuggestions(this)).catch(() => {}); // the next focus retries
  }

  /** @param {KeyboardEvent} event */
  #handleShortcut(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const isTyping = target.isContentEditable || target.matches("input, select, textarea");
    const isK = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK";
    // On the archive's pages <dp-shortcuts> handles "/".
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping && !document.querySelector("dp-shortcuts:defined");
    if (!isK && !isSlash) return;
    event.preventDefault();
    event.stopPropagation();
    // The search page hides the box and has its own field.
    const field = /** @type {HTMLInputElement} */ (document.querySelector("dp-search-page [name=q]") ?? this.querySelector("input"));
    field.focus();
    field.select();
  }
}

if (!customElements.get("dp-search-box")) customElements.define("dp-search-box", DpSearchBox);
