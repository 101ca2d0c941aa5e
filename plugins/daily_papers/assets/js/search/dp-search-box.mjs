// <dp-search-box>: the box on every page. Without scripts its form leads to the search; with them it shows the best papers
// while one types. "/" and Ctrl-K go to it. What finds them is loaded when it is first used.

class DpSearch extends HTMLElement {
  connectedCallback() {
    // The header stays when instant navigation swaps the page: what is relative to this page is made absolute.
    for (const name of ["root", "archive"]) this.dataset[name] = new URL(this.dataset[name] ?? "", document.baseURI).href;
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    form.action = new URL(form.getAttribute("action") ?? "", document.baseURI).href;
    this.addEventListener("focusin", this);
    document.addEventListener("keydown", this);
    if (this.contains(document.activeElement)) this.#load();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event instanceof KeyboardEvent) this.#call(event);
    else this.#load();
  }

  #load() {
    import("./suggestions.mjs").then(({ suggest }) => suggest(this)).catch(() => {}); // tried again the next time
  }

  /** Go to the box by the keys for it. @param {KeyboardEvent} event */
  #call(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const isTyping = target.isContentEditable || target.matches("input, select, textarea");
    const isK = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK";
    // On pages of ours the keys of the page decide where "/" goes.
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping && !document.querySelector("dp-shortcuts:defined");
    if (!isK && !isSlash) return;
    event.preventDefault();
    // The page of the search has a field of its own, and no box.
    const field = /** @type {HTMLInputElement} */ (document.querySelector("dp-search-page [name=q]") ?? this.querySelector("input"));
    field.focus();
    field.select();
  }
}

if (!customElements.get("dp-search-box")) customElements.define("dp-search-box", DpSearch);
