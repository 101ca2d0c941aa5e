// <dp-calendar>: arrow keys in a calendar. It is a single tab stop: left and right move to the next date with a page, up and
// down by weeks, Home and End to the first and last date.

import { languages, onLocale } from "../i18n/locale.mjs";
import { markNewPapers, toIsoDate } from "../library/new-papers.mjs";

const DAY_MS = 86_400_000;
/** Class of a cell, and the state that it stands for. */
const STATES = [["m", "moving"], ["p", "partial"], ["f", "failed"], ["e", "empty"], ["s", "pending"]];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

class DpCalendar extends HTMLElement {
  /** @type {Map<number, HTMLAnchorElement>} by days since 1970, in order */
  #days = new Map();

  connectedCallback() {
    this.#days = daysOf(this);
    this.addEventListener("keydown", this);
    this.addEventListener("focusin", this);
    const last = [...this.#days.values()].at(-1);
    if (last) this.#setTabStop(last);
    let current = languages()[0];
    onLocale(this, (messages) => {
      if (current === messages.language) return;
      current = messages.language;
      this.#translate(messages);
    });
    markNewPapers(this, this.#days);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.closest("tbody")) return;
    if (event.type === "focusin") this.#setTabStop(link);
    else if (event instanceof KeyboardEvent) this.#move(event, link);
  }

  /** Translate the cells, which the page contains in the site's first language only. @param {Messages} messages */
  #translate(messages) {
    for (const [day, link] of this.#days) {
      const text = link.querySelector("span");
      if (text) text.replaceChildren(` ${describe(link, day, messages)} `, ...text.querySelectorAll("b, small"));
    }
    for (const missing of this.querySelectorAll("i.n > span")) missing.textContent = ` ${messages.text("state_missing")}`;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLAnchorElement} from
   */
  #move(event, from) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = findTarget(this.#days, from, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  }

  /** Make `stop` the only date that Tab reaches. @param {HTMLAnchorElement} stop */
  #setTabStop(stop) {
    for (const link of this.#days.values()) link.tabIndex = link === stop ? 0 : -1;
  }
}

/** @typedef {import("../i18n/messages.mjs").Messages} Messages */

/**
 * @param {HTMLAnchorElement} link
 * @param {number} day days since 1970
 * @param {Messages} messages
 * @returns {string} description of the date, without the title of its best paper
 */
function describe(link, day, messages) {
  const texts = [messages.date(toIsoDate(day))];
  if (link.dataset.n) {
    const [papers, votes] = link.dataset.n.split(",").map(Number);
    texts.push(messages.count("papers", papers), messages.count("votes", votes));
  }
  const state = STATES.find(([mark]) => link.classList.contains(mark));
  if (state) texts.push(messages.text(`state_${state[1]}`));
  if (link.querySelector("b")) texts.push(messages.text("best"));
  return texts.join(", ");
}

/**
 * @param {HTMLElement} calendar
 * @returns {Map<number, HTMLAnchorElement>} links by days since 1970
 */
export function daysOf(calendar) {
  const days = new Map();
  for (const month of calendar.querySelectorAll("table[data-month]")) {
    const first = Date.parse(`${month.getAttribute("data-month")}-01`) / DAY_MS;
    for (const link of month.querySelectorAll("tbody a")) days.set(first + parseInt(link.textContent ?? "", 10) - 1, link);
  }
  return days;
}

/**
 * @param {Map<number, HTMLAnchorElement>} days
 * @param {HTMLAnchorElement} from
 * @param {string} key
 * @returns {HTMLAnchorElement | undefined}
 */
function findTarget(days, from, key) {
  const all = [...days.keys()];
  const [first, last] = [all[0], all[all.length - 1]];
  if (key === "Home") return days.get(first);
  if (key === "End") return days.get(last);
  const step = STEPS[/** @type {keyof typeof STEPS} */ (key)];
  const current = all.find((day) => days.get(day) === from);
  if (!step || current === undefined) return undefined;
  for (let day = current + step; first <= day && day <= last; day += step) {
    const link = days.get(day);
    if (link) return link;
  }
  return undefined;
}

if (!customElements.get("dp-calendar")) customElements.define("dp-calendar", DpCalendar);
