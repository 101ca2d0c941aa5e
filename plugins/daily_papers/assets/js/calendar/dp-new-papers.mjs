// <dp-new-papers>: number of papers since the previous visit, with a link to the first of their dates. It reads the page's
// calendars, and records their counts for this visit.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { newPapersSince } from "../library/model.mjs";
import { paperCounts, toIsoDate } from "../library/new-papers.mjs";
import { onLibraryChange, recordVisit, store } from "../library/store.mjs";
import { daysOf } from "./dp-calendar.mjs";

class DpNewPapers extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;
  /** @type {Map<number, HTMLAnchorElement>} */
  #days = new Map();

  connectedCallback() {
    const calendars = [...document.querySelectorAll("dp-calendar")];
    this.#days = new Map(calendars.flatMap((one) => [...daysOf(/** @type {HTMLElement} */ (one))]));
    recordVisit(paperCounts(this.#days));
    onLibraryChange(this, ({ visits }) => this.#render(visits));
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#render(store.library.visits);
    });
  }

  /** @param {import("../library/model.mjs").Visits} visits */
  #render(visits) {
    const newPapers = newPapersSince(visits, paperCounts(this.#days));
    const [first] = Object.keys(newPapers);
    const day = [...this.#days.keys()].find((one) => toIsoDate(one) === first);
    const link = day === undefined ? undefined : this.#days.get(day);
    const messages = this.#messages;
    if (!messages || !link || !visits.since) return this.replaceChildren();
    const count = Object.values(newPapers).reduce((sum, one) => sum + one, 0);
    const date = messages.date(toLocalDate(visits.since), "short");
    const text = messages.text("new_since", { papers: messages.count("new_papers", count), date });
    this.replaceChildren(element("a", { href: link.href }, text));
  }
}

/** @param {string} instant @returns {string} its date in the reader's time zone */
function toLocalDate(instant) {
  const date = new Date(instant);
  return new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())).toISOString().slice(0, 10);
}

if (!customElements.get("dp-new-papers")) customElements.define("dp-new-papers", DpNewPapers);
