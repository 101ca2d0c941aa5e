// <dp-paper-actions>: buttons of a paper to save, mark as read, note and hide it. The events "dp-save" and "dp-read" inside
// an article act like its buttons.

import { onLocale } from "../i18n/locale.mjs";
import { citationOf } from "../lib/coins.mjs";
import { element } from "../lib/dom.mjs";
import { NOTE_CHARS, paperOf, setMark, setNote } from "./model.mjs";
import { now, onLibraryChange, outcomeMessage, recordVisit, store } from "./store.mjs";

/** @typedef {import("./model.mjs").Mark} Mark */
/** @typedef {import("./store.mjs").Outcome} Outcome */

const BUTTONS = ["saved", "read", "note", "hidden"];

class DpPaperActions extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;
  /** @type {import("./model.mjs").Paper | undefined} */
  #paper;
  /** @type {Outcome} of the last change */
  #outcome = "";
  /** The marks in words, in the paper's heading. */
  #marks = element("span", { className: "dp-sr-only" });

  connectedCallback() {
    recordVisit();
    // Sorting moves papers, and each move connects the element again.
    if (this.firstChild) return;
    this.append(...BUTTONS.map((value) => element("button", { type: "button", value })));
    this.addEventListener("click", this);
    this.#article?.querySelector(".dp-title")?.append(this.#marks);
    onLibraryChange(this, (library) => {
      this.#paper = paperOf(library, this.#article?.id ?? "");
      this.#render();
    });
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#render();
      this.#renderOutcome(this.#outcome);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.value === "note") this.#toggleNote();
    else this.toggle(/** @type {Mark} */ (button.value));
  }

  /** @param {Mark} mark */
  toggle(mark) {
    const article = this.#article;
    if (!article) return;
    const on = !this.#paper?.[mark];
    this.#renderOutcome(store.update((library) => setMark(library, article.id, mark, on, now(), paperInfo(article))));
  }

  get #article() {
    return this.closest("article");
  }

  get #noteId() {
    return `dp-note-${this.#article?.id}`;
  }

  #render() {
    const [messages, paper] = [this.#messages, this.#paper];
    this.#article?.classList.toggle("dp-dismissed", Boolean(paper?.hidden));
    this.#article?.classList.toggle("dp-read", Boolean(paper?.read));
    const field = this.querySelector("textarea");
    for (const button of this.querySelectorAll("button")) {
      const isOn = Boolean(paper?.[/** @type {"note"} */ (button.value)]);
      if (button.value === "note") {
        button.classList.toggle("dp-active", isOn);
        button.setAttribute("aria-controls", this.#noteId);
        button.ariaExpanded = String(Boolean(field));
      } else if (button.value !== "hidden") {
        // The hide button changes its label instead: a pressed "show" would contradict itself.
        button.ariaPressed = String(isOn);
      }
      if (!messages) continue;
      const key = button.value === "hidden" ? (isOn ? "show" : "hide") : button.value;
      button.title = button.ariaLabel = messages.text(`library_${key}`);
      button.textContent = key === "show" ? button.title : "";
    }
    const marks = ["saved", "read", "note"].filter((mark) => paper?.[/** @type {"read"} */ (mark)]);
    if (messages) this.#marks.textContent = marks.map((mark) => ` (${messages.text(`library_is_${mark}`)})`).join("");
    if (field && field !== document.activeElement) field.value = paper?.note ?? "";
    if (field && messages) field.ariaLabel = messages.text("library_note");
  }

  #toggleNote() {
    const openField = this.querySelector("textarea");
    if (openField) {
      openField.remove();
      return this.#render();
    }
    const article = this.#article;
    if (!article) return;
    const field = element("textarea", { id: this.#noteId, maxLength: NOTE_CHARS, rows: 3, value: this.#paper?.note ?? "" });
    // Stored with each letter, because the page may be closed at any time.
    field.addEventListener("input", () => {
      this.#renderOutcome(store.update((library) => setNote(library, article.id, field.value, paperInfo(article))));
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#toggleNote();
      /** @type {HTMLElement | null} */ (this.querySelector("button[value=note]"))?.focus();
    });
    this.append(field);
    this.#render();
    field.focus();
  }

  /** @param {Outcome} outcome */
  #renderOutcome(outcome) {
    // Stored, so that it can be rendered once the messages have loaded.
    this.#outcome = outcome;
    const text = this.#messages ? outcomeMessage(outcome, this.#messages) : "";
    let status = this.querySelector("p");
    if (!status && text) this.append((status = element("p", { role: "status" })));
    if (status) status.textContent = text;
  }
}

/**
 * @param {Element} article
 * @returns {import("./model.mjs").PaperInfo}
 */
function paperInfo(article) {
  const { authors, more = 0 } = citationOf(article);
  return {
    title: article.querySelector(".dp-title > span")?.textContent ?? article.id,
    authors: authors?.length ? authors : visibleAuthors(article),
    ...(more > 0 ? { more } : {}),
    date: document.querySelector(".dp time[datetime]")?.getAttribute("datetime") ?? "",
  };
}

/** @param {Element} article @returns {string[]} names as shown, in order */
function visibleAuthors(article) {
  const line = article.querySelector(".dp-authors")?.cloneNode(true);
  if (!(line instanceof Element) || !line.querySelector(".dp-other-authors")) {
    const name = article.querySelector(".dp-first-author")?.textContent ?? "";
    return name && !article.querySelector(".dp-first-author dp-w") ? [name] : [];
  }
  for (const other of line.querySelectorAll(".dp-org, .dp-more-authors")) other.remove();
  return (line.textContent ?? "").split(",").map((name) => name.trim()).filter(Boolean);
}

for (const [name, mark] of /** @type {const} */ ([["dp-save", "saved"], ["dp-read", "read"]])) {
  document.addEventListener(name, (event) => {
    const article = event.target instanceof Element ? event.target.closest("article") : null;
    const actions = article?.querySelector("dp-paper-actions");
    if (actions instanceof DpPaperActions) actions.toggle(mark);
  });
}

if (!customElements.get("dp-paper-actions")) customElements.define("dp-paper-actions", DpPaperActions);
// The early script's style hides dismissed papers before the first paint; now their class does.
document.getElementById("dp-early")?.remove();
