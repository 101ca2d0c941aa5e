// <dp-cite-menu>: menu that copies a paper as a citation or a link.

import { onLocale } from "../i18n/locale.mjs";
import { copy } from "../lib/clipboard.mjs";
import { citationOf } from "../lib/coins.mjs";
import { element } from "../lib/dom.mjs";

const STATUS_MS = 2500;
const LINK = "link";
/** The function of each citation format. */
const FORMATS = /** @type {const} */ ({ BibTeX: "bibtex", RIS: "ris", Markdown: "markdown" });
/** Loaded with the first open menu: most readers never open one. */
const loadFormats = () => import("../lib/citation-formats.mjs");

class DpCiteMenu extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;
  #isReady = false;

  connectedCallback() {
    // Sorting moves papers, and each move connects the element again.
    if (this.#isReady) return;
    this.#isReady = true;
    this.replaceChildren(element("button", { type: "button", className: "dp-menu-button", ariaExpanded: "false" }));
    this.addEventListener("click", this);
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#button.title = this.#button.ariaLabel = messages.text("copy_paper");
      this.#toggle(false);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event instanceof KeyboardEvent) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#button.focus();
      return this.#toggle(false);
    }
    if (event.type === "pointerdown" || event.type === "focusout") {
      const to = event instanceof FocusEvent ? event.relatedTarget : target;
      if (to instanceof Node && !this.contains(to)) this.#toggle(false);
      return;
    }
    const button = target?.closest("button");
    if (button === this.#button) this.#toggle(!this.#menu);
    else if (button) this.#copy(button.value);
  }

  get #button() {
    return /** @type {HTMLButtonElement} */ (this.querySelector(".dp-menu-button"));
  }

  get #menu() {
    return this.querySelector(".dp-menu");
  }

  /** @param {boolean} isOpen */
  #toggle(isOpen) {
    if (isOpen === Boolean(this.#menu)) return;
    this.#button.ariaExpanded = String(isOpen);
    const change = isOpen ? "addEventListener" : "removeEventListener";
    this[change]("keydown", this);
    this[change]("focusout", this);
    document[change]("pointerdown", this);
    if (!isOpen) return this.#menu?.remove();
    // Writing to the clipboard is allowed only shortly after a click: a request then would take too long.
    loadFormats().catch(() => {});
    const label = this.#button.ariaLabel;
    const formats = [...Object.keys(FORMATS), LINK];
    const menu = element(
      "div",
      { className: "dp-menu", role: "group", ariaLabel: label },
      element("small", { textContent: label ?? "", ariaHidden: "true" }),
      ...formats.map((format) => element("button", { type: "button", value: format, textContent: this.#name(format) })),
    );
    this.#button.after(menu);
    menu.querySelector("button")?.focus();
  }

  /** @param {string} format */
  #name(format) {
    return format === LINK ? this.#messages?.text("copy_link") ?? format : format;
  }

  /** @param {string} format */
  async #copy(format) {
    const article = this.closest("article");
    if (!article) return;
    this.#button.focus();
    this.#toggle(false);
    const isCopied = await formatPaper(article, format).then(copy, () => false);
    showStatus(this, this.#messages?.text(isCopied ? "copied" : "not_copied", { what: this.#name(format) }) ?? "");
  }
}

/**
 * @param {Element} article of a paper
 * @returns {string} the paper's permanent URL on this site, independent of the dates that list it
 */
function permanentUrl(article) {
  const page = /** @type {HTMLElement | null} */ (article.closest("[data-paper-url]"))?.dataset.paperUrl ?? "";
  return new URL(`${page}#${article.id}`, document.baseURI).href;
}

/**
 * @param {Element} article
 * @param {string} format
 * @returns {Promise<string>}
 */
async function formatPaper(article, format) {
  if (format === LINK) return permanentUrl(article);
  const formats = await loadFormats();
  return formats[FORMATS[/** @type {keyof typeof FORMATS} */ (format)]]([citationOf(article)]);
}

/**
 * Show `text` for a moment. Screen readers announce a text that changes inside an existing <output>.
 * @param {HTMLElement} host
 * @param {string} text
 */
function showStatus(host, text) {
  const output = host.querySelector("output") ?? host.appendChild(element("output"));
  setTimeout(() => { output.textContent = text; });
  setTimeout(() => { if (output.textContent === text) output.textContent = ""; }, STATUS_MS);
}

if (!customElements.get("dp-cite-menu")) customElements.define("dp-cite-menu", DpCiteMenu);
