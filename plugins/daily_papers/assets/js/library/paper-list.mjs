// Saved and hidden papers on the library page: sort, search, read marks, notes, and removal with undo.

import { element } from "../lib/dom.mjs";
import { NOTE_CHARS, paperOf, removePaper, setMark, setNote, withPaper } from "./model.mjs";
import { now, onLibraryChange, outcomeMessage, store } from "./store.mjs";

/** @typedef {import("./model.mjs").Paper} Paper */
/** @typedef {import("./page.mjs").State} State */
/** @typedef {import("./page.mjs").Urls} Urls */
/** @typedef {import("../i18n/messages.mjs").Messages} Messages */

export const PAGE_SIZE = 100;
const MAX_AUTHORS = 3;
const SORTS = ["saved", "date", "title"];
const KINDS = ["all", "unread", "read"];

/**
 * @param {Messages} messages
 * @param {Urls} urls
 * @param {State} state
 * @returns {HTMLElement}
 */
export function renderPapers(messages, urls, state) {
  const search = element("input", { type: "search", placeholder: messages.text("library_search"), value: state.query });
  search.ariaLabel = search.placeholder;
  const sort = select(messages, "sort", SORTS, state.sort);
  const kind = select(messages, "kind", KINDS, state.kind);
  const status = element("p", { role: "status" });
  const list = element("ul", { className: "dp-paper-list" });
  const more = element("button", { type: "button" });
  const none = element("p", { className: "dp-placeholder" });
  const tools = element("div", { className: "dp-tools" }, search, sort, kind, status);
  const heading = element("h2", { textContent: messages.text("library_papers_title") });
  const section = element("section", {}, heading, tools, none, list, more);

  /** @type {Map<string, Row>} */
  const rows = new Map();

  const render = () => {
    const { library } = store;
    const { removed, limit } = state;
    const all = Object.entries(library.papers).filter(([id, paper]) => paper.saved || paper.note || removed.has(id));
    const matches = all
      .map(([id, paper]) => /** @type {[string, Paper]} */ ([id, removed.get(id) ?? paper]))
      .filter(([id, paper]) => isMatch(paper, search.value, kind.value) || rows.get(id)?.item.contains(document.activeElement))
      .sort(paperOrder(sort.value));
    const items = matches.slice(0, limit).map(([id]) => {
      const row = rows.get(id) ?? new Row(id, messages, urls, state, render);
      rows.set(id, row);
      row.render(paperOf(library, id));
      return row.item;
    });
    // Moving the focused element would drop the focus.
    if (items.length !== list.childElementCount || items.some((item, at) => item !== list.children[at])) list.replaceChildren(...items);
    tools.hidden = !all.length;
    none.textContent = all.length ? (matches.length ? "" : messages.text("library_no_match")) : messages.text("library_empty");
    none.hidden = !none.textContent;
    status.textContent = messages.count("papers", matches.length);
    more.hidden = matches.length <= limit;
    more.textContent = messages.count("library_more", matches.length - limit);
  };
  for (const field of [search, sort, kind]) {
    field.addEventListener("input", () => {
      Object.assign(state, { query: search.value, sort: sort.value, kind: kind.value, limit: PAGE_SIZE });
      render();
    });
  }
  more.addEventListener("click", () => {
    const first = state.limit;
    state.limit += PAGE_SIZE;
    render();
    // The button may be hidden now, so continue at the first new paper.
    /** @type {HTMLElement | null} */ (list.children[first]?.querySelector("a, button"))?.focus();
  });
  renderOnChange(section, render);
  return section;
}

/**
 * @param {Messages} messages
 * @param {Urls} urls
 * @param {State} state
 * @returns {HTMLElement}
 */
export function renderHiddenPapers(messages, urls, state) {
  const list = element("ul", { className: "dp-paper-list" });
  const summary = element("summary");
  const details = element("details", { open: state.isHiddenListOpen }, summary, list);
  details.addEventListener("toggle", () => (state.isHiddenListOpen = details.open));
  const section = element("section", {}, details);
  renderOnChange(section, () => {
    const hidden = Object.entries(store.library.papers).filter(([, paper]) => paper.hidden).sort(paperOrder("date"));
    section.hidden = !hidden.length;
    summary.textContent = messages.count("library_hidden", hidden.length);
    list.replaceChildren(
      ...hidden.map(([id, paper]) => {
        const label = messages.text("library_show");
        const show = element("button", { type: "button", textContent: label, ariaLabel: `${label}: ${paper.title}` });
        show.addEventListener("click", () => {
          store.update((library) => setMark(library, id, "hidden", false, now()));
          const next = list.querySelector("button");
          if (next) next.focus();
          else focusNext(section);
        });
        return element("li", {}, titleLink(id, paper, urls), element("span", { className: "dp-actions" }, show));
      }),
    );
  });
  return section;
}

/** Focus the next visible heading after `section`, whose focused element is gone. @param {Element} section */
export function focusNext(section) {
  const headings = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("dp-library-page > section:not([hidden]) > h2"));
  const isAfter = (/** @type {Node} */ node) => section.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const heading = [...headings].find(isAfter);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

/** Call `render` once `section` is in the document, and after each change. @param {Element} section @param {() => void} render */
export function renderOnChange(section, render) {
  queueMicrotask(() => onLibraryChange(section, render));
}

/**
 * @param {string} id
 * @param {{title: string, date: string}} paper
 * @param {Urls} urls
 */
export function titleLink(id, { title, date }, urls) {
  return element("a", { href: urls.paper(id, date), textContent: title || id, lang: "en" });
}

/** @param {string[]} authors @param {number} [others] number of further authors @returns {string} */
export function firstAuthors(authors, others = 0) {
  const more = authors.length + others - MAX_AUTHORS;
  return authors.slice(0, MAX_AUTHORS).join(", ") + (more > 0 ? ` + ${more}` : "");
}

/** One paper of the list. */
class Row {
  #id;
  #messages;
  #urls;
  #state;
  #renderList;
  item = element("li");

  /**
   * @param {string} id
   * @param {Messages} messages
   * @param {Urls} urls
   * @param {State} state
   * @param {() => void} renderList
   */
  constructor(id, messages, urls, state, renderList) {
    this.#id = id;
    this.#messages = messages;
    this.#urls = urls;
    this.#state = state;
    this.#renderList = renderList;
    this.item.addEventListener("click", this);
    this.item.addEventListener("input", this);
  }

  /** @param {Paper | undefined} paper */
  render(paper) {
    const removed = this.#state.removed.get(this.#id);
    const field = this.item.querySelector("textarea");
    if (paper && field && field === document.activeElement) return this.#updateState(paper);
    const focused = this.item.contains(document.activeElement) ? document.activeElement : null;
    const value = focused instanceof HTMLButtonElement ? focused.value : "";
    this.item.replaceChildren(...(removed ? this.#renderRemoved(removed) : paper ? this.#renderPaper(paper) : []));
    const buttons = [...this.item.querySelectorAll("button")];
    if (value) (buttons.find((button) => button.value === value) ?? buttons[0])?.focus();
  }

  /** @param {Event} event */
  handleEvent(event) {
    const [id, target] = [this.#id, event.target];
    const paper = paperOf(store.library, id);
    if (!paper) return;
    if (event.type === "input" && target instanceof HTMLTextAreaElement) {
      this.#update((library) => setNote(library, id, target.value));
    }
    const button = event.type === "click" && target instanceof Element ? target.closest("button") : null;
    if (button?.value === "read") this.#update((library) => setMark(library, id, "read", !paper.read, now()));
    if (button?.value === "remove") {
      this.#state.removed.set(id, paper);
      this.#update((library) => removePaper(library, id, now()));
    }
    if (button?.value === "undo") {
      const removed = this.#state.removed.get(id) ?? paper;
      this.#state.removed.delete(id);
      this.#update((library) => withPaper(library, id, removed));
    }
    if (button?.value === "note") {
      const isOpen = this.item.querySelector("textarea") !== null;
      this.#state.openNotes[isOpen ? "delete" : "add"](id);
      // A field with a note stays open.
      if (!isOpen || !paper.note) this.#renderList();
      this.item.querySelector("textarea")?.focus();
    }
  }

  /** @param {(library: import("./model.mjs").Library) => import("./model.mjs").Library} change */
  #update(change) {
    const text = outcomeMessage(store.update(change), this.#messages);
    if (text) this.item.append(element("p", { role: "alert", textContent: text }));
  }

  /** @param {Paper} paper @returns {Node[]} */
  #renderPaper(paper) {
    const messages = this.#messages;
    const facts = [
      firstAuthors(paper.authors, paper.more),
      paper.date && messages.date(paper.date, "plain"),
      paper.saved && messages.text("library_saved_on", { date: messages.date(paper.saved.slice(0, 10), "plain") }),
    ];
    const buttons = ["read", "note", "remove"].map((value) => {
      const title = messages.text(`library_${value}`);
      return element("button", { type: "button", value, title, ariaLabel: `${title}: ${paper.title}` });
    });
    const isOpen = Boolean(paper.note) || this.#state.openNotes.has(this.#id);
    const note = element("textarea", {
      id: `dp-note-${this.#id}`,
      value: paper.note ?? "",
      maxLength: NOTE_CHARS,
      rows: 2,
      ariaLabel: messages.text("library_note"),
    });
    buttons[1].setAttribute("aria-controls", note.id);
    buttons[1].ariaExpanded = String(isOpen);
    const parts = [
      titleLink(this.#id, paper, this.#urls),
      element("small", { textContent: facts.filter(Boolean).join(" · ") }),
      element("span", { className: "dp-actions" }, ...buttons),
      ...(isOpen ? [note] : []),
    ];
    queueMicrotask(() => this.#updateState(paper));
    return parts;
  }

  /** @param {Paper} paper */
  #updateState(paper) {
    this.item.classList.toggle("dp-read", Boolean(paper.read));
    this.item.querySelector("[value=read]")?.setAttribute("aria-pressed", String(Boolean(paper.read)));
    this.item.querySelector("[value=note]")?.classList.toggle("dp-active", Boolean(paper.note));
  }

  /** @param {Paper} paper @returns {Node[]} */
  #renderRemoved(paper) {
    const undo = element("button", { type: "button", value: "undo", textContent: this.#messages.text("library_undo") });
    const title = element("span", { textContent: paper.title, lang: "en" });
    const status = element("span", { role: "status", textContent: this.#messages.text("library_removed") });
    return [title, element("span", { className: "dp-actions" }, status, undo)];
  }
}

/**
 * @param {Messages} messages
 * @param {string} name
 * @param {string[]} values
 * @param {string} chosen one of them
 * @returns {HTMLSelectElement}
 */
function select(messages, name, values, chosen) {
  const options = values.map((value) =>
    element("option", { value, selected: value === chosen, textContent: messages.text(`library_${name}_${value}`) }),
  );
  return element("select", { ariaLabel: messages.text(`library_${name}`) }, ...options);
}

/** @param {Paper} paper @param {string} query @param {string} kind @returns {boolean} */
function isMatch(paper, query, kind) {
  if (kind !== "all" && Boolean(paper.read) !== (kind === "read")) return false;
  const text = [paper.title, paper.note ?? "", ...paper.authors].join("\n").toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** @param {string} by @returns {(one: [string, Paper], other: [string, Paper]) => number} */
function paperOrder(by) {
  if (by === "title") return ([, one], [, other]) => one.title.localeCompare(other.title);
  const key = /** @type {"saved" | "date"} */ (by);
  return ([, one], [, other]) => (other[key] ?? "").localeCompare(one[key] ?? "");
}
