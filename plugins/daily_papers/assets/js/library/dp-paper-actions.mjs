// <dp-paper-actions>: what a reader can note of the article it stands in: save, read, a note, hide. "dp-save" and "dp-read",
// sent from anywhere in an article, are as if its button had been pressed.

import { citationOf } from "../lib/coins.mjs";
import { NOTE_CHARS, paperOf, setMark, setNote } from "./model.mjs";
import { keeper, now, tell, touch, watch } from "./store.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

const BUTTONS = ["saved", "read", "note", "hidden"];

class DpLibrary extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  /** @type {import("./model.mjs").Paper | undefined} */
  #paper;
  /** @type {ReturnType<typeof keeper.change>} what is to be told of the last change */
  #outcome = "";
  #states = make("span", { className: "dp-sr-only" });

  connectedCallback() {
    touch();
    // Sorting moves papers, and each move connects them again.
    if (this.firstChild) return;
    this.append(...BUTTONS.map((value) => make("button", { type: "button", value })));
    this.addEventListener("click", this);
    this.#article?.querySelector(".dp-title")?.append(this.#states);
    watch(this, (library) => {
      this.#paper = paperOf(library, this.#article?.id ?? "");
      this.#show();
    });
    speak(this, (words) => {
      this.#words = words;
      this.#show();
      this.#tell(this.#outcome);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.value === "note") this.#unfold();
    else this.toggle(/** @type {import("./model.mjs").Mark} */ (button.value));
  }

  /** @param {import("./model.mjs").Mark} mark */
  toggle(mark) {
    const article = this.#article;
    if (!article) return;
    const on = !this.#paper?.[mark];
    this.#tell(keeper.change((library) => setMark(library, article.id, mark, on, now(), about(article))));
  }

  get #article() {
    return this.closest("article");
  }

  get #noteId() {
    return `dp-note-${this.#article?.id}`;
  }

  #show() {
    const [words, paper] = [this.#words, this.#paper];
    this.#article?.classList.toggle("dp-dismissed", Boolean(paper?.hidden));
    this.#article?.classList.toggle("dp-read", Boolean(paper?.read));
    const field = this.querySelector("textarea");
    for (const button of this.querySelectorAll("button")) {
      const isOn = Boolean(paper?.[/** @type {"note"} */ (button.value)]);
      // One of the two changes with what is so: whether it is pressed, or what it is called.
      const isAway = button.value === "hidden" && isOn;
      if (button.value === "note") {
        button.classList.toggle("dp-active", isOn);
        button.setAttribute("aria-controls", this.#noteId);
        button.ariaExpanded = String(Boolean(field));
      } else if (button.value !== "hidden") {
        button.ariaPressed = String(isOn);
      }
      if (!words) continue;
      const key = button.value === "hidden" ? (isOn ? "show" : "hide") : button.value;
      button.title = button.ariaLabel = words.text(`library_${key}`);
      button.textContent = isAway ? button.title : "";
    }
    const states = ["saved", "read", "note"].filter((mark) => paper?.[/** @type {"read"} */ (mark)]);
    if (words) this.#states.textContent = states.map((mark) => ` (${words.text(`library_is_${mark}`)})`).join("");
    if (field && field !== document.activeElement) field.value = paper?.note ?? "";
    if (field && words) field.ariaLabel = words.text("library_note");
  }

  /** Open or close the note. */
  #unfold() {
    const open = this.querySelector("textarea");
    if (open) {
      open.remove();
      return this.#show();
    }
    const article = this.#article;
    if (!article) return;
    const field = make("textarea", { id: this.#noteId, maxLength: NOTE_CHARS, rows: 3, value: this.#paper?.note ?? "" });
    // Kept with each letter: a page may go at any time.
    field.addEventListener("input", () => {
      this.#tell(keeper.change((library) => setNote(library, article.id, field.value, about(article))));
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#unfold();
      /** @type {HTMLElement | null} */ (this.querySelector("button[value=note]"))?.focus();
    });
    this.append(field);
    this.#show();
    field.focus();
  }

  /** @param {ReturnType<typeof keeper.change>} outcome */
  #tell(outcome) {
    this.#outcome = outcome;
    // Who is quicker than the words is told when these have come.
    const text = this.#words ? tell(outcome, this.#words) : "";
    let place = this.querySelector("p");
    if (!place && text) this.append((place = make("p", { role: "status" })));
    if (place) place.textContent = text;
  }
}

/**
 * @param {Element} article
 * @returns {import("./model.mjs").About} what the page says of it
 */
function about(article) {
  const { authors, more = 0 } = citationOf(article);
  return {
    title: article.querySelector(".dp-title > span")?.textContent ?? article.id,
    authors: authors?.length ? authors : shownAuthors(article),
    ...(more > 0 ? { more } : {}),
    date: document.querySelector(".dp time[datetime]")?.getAttribute("datetime") ?? "",
  };
}

/** @param {Element} article @returns {string[]} the names as they are shown, in their order */
function shownAuthors(article) {
  const shown = article.querySelector(".dp-authors")?.cloneNode(true);
  if (!(shown instanceof Element) || !shown.querySelector(".dp-other-authors")) {
    return [article.querySelector(".dp-first-author")?.textContent ?? ""].filter((name) => name && !article.querySelector(".dp-first-author dp-w"));
  }
  for (const other of shown.querySelectorAll(".dp-org, summary")) other.remove();
  return (shown.textContent ?? "").split(",").map((name) => name.trim()).filter(Boolean);
}

for (const [name, mark] of /** @type {const} */ ([["dp-save", "saved"], ["dp-read", "read"]])) {
  document.addEventListener(name, (event) => {
    const article = event.target instanceof Element ? event.target.closest("article") : null;
    const library = article?.querySelector("dp-paper-actions");
    if (library instanceof DpLibrary) library.toggle(mark);
  });
}

if (!customElements.get("dp-paper-actions")) customElements.define("dp-paper-actions", DpLibrary);
// What early.js folded before the first paint is folded by its class now.
document.getElementById("dp-early")?.remove();
