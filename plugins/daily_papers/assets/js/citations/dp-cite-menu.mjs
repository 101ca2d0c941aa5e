// <dp-cite-menu>: what can be taken along of a paper. A button opens a few more, each of which copies the paper in one form.

import { copy } from "../lib/clipboard.mjs";
import { citationOf } from "../lib/coins.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

const SAID_MS = 2500;
const LINK = "link";
/** Each form but the link by the name of its function. */
const FORMS = /** @type {const} */ ({ BibTeX: "bibtex", RIS: "ris", Markdown: "markdown" });
/** What makes the forms comes with the first menu: most readers never open one. */
const loadForms = () => import("../lib/citation-formats.mjs");

class DpCopy extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Words | undefined} until they have come */
  #words;
  #isReady = false;

  connectedCallback() {
    // Sorting moves papers, and each move connects them again.
    if (this.#isReady) return;
    this.#isReady = true;
    this.replaceChildren(make("button", { type: "button", className: "dp-menu-button", ariaExpanded: "false" }));
    this.addEventListener("click", this);
    speak(this, (words) => {
      this.#words = words;
      this.#opener.title = this.#opener.ariaLabel = words.text("copy_paper");
      this.#open(false);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event instanceof KeyboardEvent) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#opener.focus();
      return this.#open(false);
    }
    if (event.type === "pointerdown" || event.type === "focusout") {
      const to = event instanceof FocusEvent ? event.relatedTarget : target;
      if (to instanceof Node && !this.contains(to)) this.#open(false);
      return;
    }
    const button = target?.closest("button");
    if (button === this.#opener) this.#open(!this.#menu);
    else if (button) this.#copy(button.value);
  }

  get #opener() {
    return /** @type {HTMLButtonElement} */ (this.querySelector(".dp-menu-button"));
  }

  get #menu() {
    return this.querySelector(".dp-menu");
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    if (isOpen === Boolean(this.#menu)) return;
    this.#opener.ariaExpanded = String(isOpen);
    const listen = isOpen ? "addEventListener" : "removeEventListener";
    this[listen]("keydown", this);
    this[listen]("focusout", this);
    document[listen]("pointerdown", this);
    if (!isOpen) return this.#menu?.remove();
    // Now, so that it is here when the press comes that lets the clipboard be written to.
    loadForms().catch(() => {});
    const label = this.#opener.ariaLabel;
    const forms = [...Object.keys(FORMS), LINK];
    const menu = make(
      "div",
      { className: "dp-menu", role: "group", ariaLabel: label },
      make("small", { textContent: label, ariaHidden: "true" }),
      ...forms.map((form) => make("button", { type: "button", value: form, textContent: this.#name(form) })),
    );
    this.#opener.after(menu);
    menu.querySelector("button")?.focus();
  }

  /** @param {string} form */
  #name(form) {
    return form === LINK ? this.#words?.text("copy_link") ?? form : form;
  }

  /** @param {string} form */
  async #copy(form) {
    const article = this.closest("article");
    if (!article) return;
    this.#opener.focus();
    this.#open(false);
    const isCopied = await textOf(article, form).then(copy, () => false);
    tell(this, this.#words?.text(isCopied ? "copied" : "not_copied", { what: this.#name(form) }) ?? "");
  }
}

/**
 * @param {Element} article of a paper
 * @returns {string} where it is found on this site for good, whatever dates list it
 */
function permanentAddress(article) {
  const jump = /** @type {HTMLElement | null} */ (article.closest("[data-paper-url]"))?.dataset.paperUrl ?? "";
  return new URL(`${jump}#${article.id}`, document.baseURI).href;
}

/**
 * @param {Element} article
 * @param {string} form
 * @returns {Promise<string>}
 */
async function textOf(article, form) {
  if (form === LINK) return permanentAddress(article);
  const forms = await loadForms();
  return forms[FORMS[/** @type {keyof typeof FORMS} */ (form)]]([citationOf(article)]);
}

/**
 * Say `text` beside the button, to those who listen as well: the place is there before what is said in it.
 * @param {HTMLElement} place
 * @param {string} text
 */
function tell(place, text) {
  const said = place.querySelector("output") ?? place.appendChild(make("output", {}));
  setTimeout(() => { said.textContent = text; });
  setTimeout(() => { if (said.textContent === text) said.textContent = ""; }, SAID_MS);
}

if (!customElements.get("dp-cite-menu")) customElements.define("dp-cite-menu", DpCopy);
