// The papers of the library as a list: sorted, searched, read and unread, with notes, and taken away until one thinks better.

import { NOTE_CHARS, paperOf, remove, setMark, setNote, withPaper } from "./model.mjs";
import { keeper, now, tell, watch } from "./store.mjs";
import { make } from "../lib/dom.mjs";

/** @typedef {import("./model.mjs").Paper} Paper */
/** @typedef {import("../i18n/messages.mjs").Words} Words */

export const ROWS = 100;
const SHOWN_AUTHORS = 3;
const SORTS = ["saved", "date", "title"];
const KINDS = ["all", "unread", "read"];

/**
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @param {import("./page.mjs").Begun} begun
 * @returns {HTMLElement}
 */
export function drawPapers(words, places, begun) {
  const search = make("input", { type: "search", placeholder: words.text("library_search"), value: begun.asked });
  search.ariaLabel = search.placeholder;
  const sort = choice(words, "sort", SORTS, begun.sort);
  const kind = choice(words, "kind", KINDS, begun.kind);
  const told = make("p", { role: "status" });
  const list = make("ul", { className: "dp-paper-list" });
  const more = make("button", { type: "button" });
  const nothing = make("p", { className: "dp-placeholder" });
  const tools = make("div", { className: "dp-tools" }, search, sort, kind, told);
  const section = make("section", {}, make("h2", { textContent: words.text("library_papers_title") }), tools, nothing, list, more);

  /** @type {Map<string, Row>} */
  const rows = new Map();

  const show = () => {
    const { library } = keeper;
    const { removed, limit } = begun;
    const all = Object.entries(library.papers).filter(([id, paper]) => paper.saved || paper.note || removed.has(id));
    const fits = all
      .map(([id, paper]) => /** @type {[string, Paper]} */ ([id, removed.get(id) ?? paper]))
      .filter(([id, paper]) => isWanted(paper, search.value, kind.value) || rows.get(id)?.element.contains(document.activeElement))
      .sort(order(sort.value));
    const shown = fits.slice(0, limit).map(([id]) => {
      const row = rows.get(id) ?? new Row(id, words, places, begun, show);
      rows.set(id, row);
      row.show(paperOf(library, id));
      return row.element;
    });
    // Moving what has the focus would take it away.
    if (shown.length !== list.childElementCount || shown.some((row, place) => row !== list.children[place])) list.replaceChildren(...shown);
    tools.hidden = !all.length;
    nothing.textContent = all.length ? (fits.length ? "" : words.text("library_no_match")) : words.text("library_empty");
    nothing.hidden = !nothing.textContent;
    told.textContent = words.count("papers", fits.length);
    more.hidden = fits.length <= limit;
    more.textContent = words.count("library_more", fits.length - limit);
  };
  for (const field of [search, sort, kind]) {
    field.addEventListener("input", () => {
      Object.assign(begun, { asked: search.value, sort: sort.value, kind: kind.value, limit: ROWS });
      show();
    });
  }
  more.addEventListener("click", () => {
    const first = begun.limit;
    begun.limit += ROWS;
    show();
    // The button may be gone; the list goes on where it stood.
    /** @type {HTMLElement | null} */ (list.children[first]?.querySelector("a, button"))?.focus();
  });
  watchConnected(section, show);
  return section;
}

/**
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @param {import("./page.mjs").Begun} begun
 * @returns {HTMLElement}
 */
export function drawHidden(words, places, begun) {
  const list = make("ul", { className: "dp-paper-list" });
  const title = make("summary", {});
  const folded = make("details", { open: begun.isHiddenOpen }, title, list);
  folded.addEventListener("toggle", () => (begun.isHiddenOpen = folded.open));
  const section = make("section", {}, folded);
  watchConnected(section, () => {
    const hidden = Object.entries(keeper.library.papers).filter(([, paper]) => paper.hidden).sort(order("date"));
    section.hidden = !hidden.length;
    title.textContent = words.count("library_hidden", hidden.length);
    list.replaceChildren(
      ...hidden.map(([id, paper]) => {
        const label = words.text("library_show");
        const again = make("button", { type: "button", textContent: label, ariaLabel: `${label}: ${paper.title}` });
        again.addEventListener("click", () => {
          keeper.change((library) => setMark(library, id, "hidden", false, now()));
          const left = list.querySelector("button");
          if (left) left.focus();
          else goOn(section);
        });
        return make("li", {}, titleLink(id, paper, places), make("span", { className: "dp-actions" }, again));
      }),
    );
  });
  return section;
}

/** Give the focus, which what is gone from `section` had, to the next heading one sees. @param {Element} section */
export function goOn(section) {
  const headings = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("dp-library-page > section:not([hidden]) > h2"));
  const isAfter = (/** @type {Node} */ node) => section.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const heading = [...headings].find(isAfter);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

/** Call `show` once `section` stands on the page, and at each change after. @param {Element} section @param {() => void} show */
export function watchConnected(section, show) {
  queueMicrotask(() => watch(section, show));
}

/**
 * @param {string} id
 * @param {{title: string, date: string}} paper
 * @param {import("./page.mjs").Places} places
 */
export function titleLink(id, { title, date }, places) {
  return make("a", { href: places.paper(id, date), textContent: title || id, lang: "en" });
}

/** @param {string[]} authors @param {number} [others] beside them @returns {string} */
export function firstAuthors(authors, others = 0) {
  const more = authors.length + others - SHOWN_AUTHORS;
  return authors.slice(0, SHOWN_AUTHORS).join(", ") + (more > 0 ? ` + ${more}` : "");
}

/** One paper of the list. */
class Row {
  #id;
  #words;
  #places;
  #begun;
  #again;
  element = make("li", {});

  /**
   * @param {string} id
   * @param {Words} words
   * @param {import("./page.mjs").Places} places
   * @param {import("./page.mjs").Begun} begun
   * @param {() => void} again draws the list anew
   */
  constructor(id, words, places, begun, again) {
    this.#id = id;
    this.#words = words;
    this.#places = places;
    this.#begun = begun;
    this.#again = again;
    this.element.addEventListener("click", this);
    this.element.addEventListener("input", this);
  }

  /** @param {Paper | undefined} paper */
  show(paper) {
    const before = this.#begun.removed.get(this.#id);
    const field = this.element.querySelector("textarea");
    if (paper && field && field === document.activeElement) return this.#press(paper);
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const value = focused instanceof HTMLButtonElement ? focused.value : "";
    this.element.replaceChildren(...(before ? this.#gone(before) : paper ? this.#kept(paper) : []));
    const buttons = [...this.element.querySelectorAll("button")];
    if (value) (buttons.find((button) => button.value === value) ?? buttons[0])?.focus();
  }

  /** @param {Event} event */
  handleEvent(event) {
    const [id, target] = [this.#id, event.target];
    const paper = paperOf(keeper.library, id);
    if (!paper) return;
    if (event.type === "input" && target instanceof HTMLTextAreaElement) {
      this.#change((library) => setNote(library, id, target.value));
    }
    const button = event.type === "click" && target instanceof Element ? target.closest("button") : null;
    if (button?.value === "read") this.#change((library) => setMark(library, id, "read", !paper.read, now()));
    if (button?.value === "remove") {
      this.#begun.removed.set(id, paper);
      this.#change((library) => remove(library, id, now()));
    }
    if (button?.value === "undo") {
      const before = this.#begun.removed.get(id) ?? paper;
      this.#begun.removed.delete(id);
      this.#change((library) => withPaper(library, id, before));
    }
    if (button?.value === "note") {
      const isOpen = this.element.querySelector("textarea") !== null;
      this.#begun.open[isOpen ? "delete" : "add"](id);
      // One that holds something stays.
      if (!isOpen || !paper.note) this.#again();
      this.element.querySelector("textarea")?.focus();
    }
  }

  /** @param {(library: import("./model.mjs").Library) => import("./model.mjs").Library} make_ */
  #change(make_) {
    const text = tell(keeper.change(make_), this.#words);
    if (text) this.element.append(make("p", { role: "alert", textContent: text }));
  }

  /** @param {Paper} paper @returns {Node[]} */
  #kept(paper) {
    const words = this.#words;
    const facts = [
      firstAuthors(paper.authors, paper.more),
      paper.date && words.date(paper.date, "plain"),
      paper.saved && words.text("library_saved_on", { date: words.date(paper.saved.slice(0, 10), "plain") }),
    ];
    const buttons = ["read", "note", "remove"].map((value) => {
      const title = words.text(`library_${value}`);
      return make("button", { type: "button", value, title, ariaLabel: `${title}: ${paper.title}` });
    });
    const isOpen = Boolean(paper.note) || this.#begun.open.has(this.#id);
    const note = make("textarea", {
      id: `dp-note-${this.#id}`,
      value: paper.note ?? "",
      maxLength: NOTE_CHARS,
      rows: 2,
      ariaLabel: words.text("library_note"),
    });
    buttons[1].setAttribute("aria-controls", note.id);
    buttons[1].ariaExpanded = String(isOpen);
    const parts = [
      titleLink(this.#id, paper, this.#places),
      make("small", { textContent: facts.filter(Boolean).join(" · ") }),
      make("span", { className: "dp-actions" }, ...buttons),
      ...(isOpen ? [note] : []),
    ];
    queueMicrotask(() => this.#press(paper));
    return parts;
  }

  /** @param {Paper} paper */
  #press(paper) {
    this.element.classList.toggle("dp-read", Boolean(paper.read));
    this.element.querySelector("[value=read]")?.setAttribute("aria-pressed", String(Boolean(paper.read)));
    this.element.querySelector("[value=note]")?.classList.toggle("dp-active", Boolean(paper.note));
  }

  /** @param {Paper} paper @returns {Node[]} */
  #gone(paper) {
    const undo = make("button", { type: "button", value: "undo", textContent: this.#words.text("library_undo") });
    const title = make("span", { textContent: paper.title, lang: "en" });
    const told = make("span", { role: "status", textContent: this.#words.text("library_removed") });
    return [title, make("span", { className: "dp-actions" }, told, undo)];
  }
}

/**
 * @param {Words} words
 * @param {string} name
 * @param {string[]} values
 * @param {string} chosen one of them
 * @returns {HTMLSelectElement}
 */
function choice(words, name, values, chosen) {
  const options = values.map((value) =>
    make("option", { value, selected: value === chosen, textContent: words.text(`library_${name}_${value}`) }),
  );
  return make("select", { ariaLabel: words.text(`library_${name}`) }, ...options);
}

/** @param {Paper} paper @param {string} asked @param {string} kind @returns {boolean} */
function isWanted(paper, asked, kind) {
  if (kind !== "all" && Boolean(paper.read) !== (kind === "read")) return false;
  const text = [paper.title, paper.note ?? "", ...paper.authors].join("\n").toLowerCase();
  return asked.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** @param {string} by @returns {(one: [string, Paper], other: [string, Paper]) => number} */
function order(by) {
  if (by === "title") return ([, one], [, other]) => one.title.localeCompare(other.title);
  const key = /** @type {"saved" | "date"} */ (by);
  return ([, one], [, other]) => (other[key] ?? "").localeCompare(one[key] ?? "");
}
