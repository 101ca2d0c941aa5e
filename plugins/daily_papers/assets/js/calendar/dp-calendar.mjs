// <dp-calendar>: the arrow keys in a year of days. The year is one stop for the Tab key; left and right go to the next
// day there is, up and down by weeks, Home and End to the ends of the year.

import { dateOf, markNews } from "../library/new-papers.mjs";
import { languages, speak } from "../i18n/locale.mjs";

const DAY_MS = 86_400_000;
/** The class that marks a state, and the state. */
const STATES = [["m", "moving"], ["p", "partial"], ["f", "failed"], ["e", "empty"], ["s", "pending"]];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

class DpCalendar extends HTMLElement {
  /** @type {Map<number, HTMLAnchorElement>} days since 1970, in order */
  #days = new Map();

  connectedCallback() {
    this.#days = daysOf(this);
    this.addEventListener("keydown", this);
    this.addEventListener("focusin", this);
    const last = [...this.#days.values()].at(-1);
    if (last) this.#setStop(last);
    let said = languages()[0];
    speak(this, (words) => {
      if (said === words.language) return;
      said = words.language;
      this.#say(words);
    });
    markNews(this, this.#days);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.closest("tbody")) return;
    if (event.type === "focusin") this.#setStop(link);
    else if (event instanceof KeyboardEvent) this.#move(event, link);
  }

  /** Say each cell in other words; the page holds the site's first language. @param {import("../i18n/messages.mjs").Words} words */
  #say(words) {
    for (const [date, link] of this.#days) {
      const text = link.querySelector("span");
      if (text) text.replaceChildren(` ${tell(link, date, words)} `, ...text.querySelectorAll("b, small"));
    }
    for (const missing of this.querySelectorAll("i.n > span")) missing.textContent = ` ${words.text("state_missing")}`;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLAnchorElement} from
   */
  #move(event, from) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = target(this.#days, from, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  }

  /** Make `stop` the one day that Tab reaches. @param {HTMLAnchorElement} stop */
  #setStop(stop) {
    for (const link of this.#days.values()) link.tabIndex = link === stop ? 0 : -1;
  }
}

/**
 * @param {HTMLAnchorElement} link
 * @param {number} date days since 1970
 * @param {import("../i18n/messages.mjs").Words} words
 * @returns {string} what is known of the date, but for the title with the most votes
 */
function tell(link, date, words) {
  const texts = [words.date(dateOf(date))];
  if (link.dataset.n) {
    const [papers, votes] = link.dataset.n.split(",").map(Number);
    texts.push(words.count("papers", papers), words.count("votes", votes));
  }
  const state = STATES.find(([mark]) => link.classList.contains(mark));
  if (state) texts.push(words.text(`state_${state[1]}`));
  if (link.querySelector("b")) texts.push(words.text("best"));
  return texts.join(", ");
}

/**
 * @param {HTMLElement} year
 * @returns {Map<number, HTMLAnchorElement>}
 */
export function daysOf(year) {
  const days = new Map();
  for (const month of year.querySelectorAll("table[data-month]")) {
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
function target(days, from, key) {
  const dates = [...days.keys()];
  if (key === "Home") return days.get(dates[0]);
  if (key === "End") return days.get(dates[dates.length - 1]);
  const step = STEPS[/** @type {keyof typeof STEPS} */ (key)];
  const date = dates.find((candidate) => days.get(candidate) === from);
  if (!step || date === undefined) return undefined;
  const first = dates[0];
  const last = dates[dates.length - 1];
  for (let candidate = date + step; first <= candidate && candidate <= last; candidate += step) {
    const link = days.get(candidate);
    if (link) return link;
  }
  return undefined;
}

if (!customElements.get("dp-calendar")) customElements.define("dp-calendar", DpCalendar);
