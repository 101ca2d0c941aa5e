// <dp-new-papers>: how many papers came since the visit before, and the way to the first of their days. It reads the calendars
// of its page, and notes of them what this visit has been told.

import { newSince } from "../library/model.mjs";
import { daysOf } from "./dp-calendar.mjs";
import { keeper, touch, watch } from "../library/store.mjs";
import { make } from "../lib/dom.mjs";
import { countsOf, dateOf } from "../library/new-papers.mjs";
import { speak } from "../i18n/locale.mjs";

class DpNews extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  /** @type {Map<number, HTMLAnchorElement>} */
  #days = new Map();

  connectedCallback() {
    const calendars = [...document.querySelectorAll("dp-calendar")];
    this.#days = new Map(calendars.flatMap((one) => [...daysOf(/** @type {HTMLElement} */ (one))]));
    touch(countsOf(this.#days));
    watch(this, ({ visits }) => this.#show(visits));
    speak(this, (words) => {
      this.#words = words;
      this.#show(keeper.library.visits);
    });
  }

  /** @param {import("../library/model.mjs").Visits} visits */
  #show(visits) {
    const news = newSince(visits, countsOf(this.#days));
    const [first] = Object.keys(news);
    const day = [...this.#days.keys()].find((one) => dateOf(one) === first);
    const link = day === undefined ? undefined : this.#days.get(day);
    const words = this.#words;
    if (!words || !link || !visits.since) return this.replaceChildren();
    const papers = Object.values(news).reduce((sum, one) => sum + one, 0);
    const date = words.date(localDate(visits.since), "short");
    const text = words.text("new_since", { papers: words.count("new_papers", papers), date });
    this.replaceChildren(make("a", { href: link.href }, text));
  }
}

/** @param {string} instant @returns {string} the reader's own date of it */
function localDate(instant) {
  const date = new Date(instant);
  return new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())).toISOString().slice(0, 10);
}

if (!customElements.get("dp-new-papers")) customElements.define("dp-new-papers", DpNews);
