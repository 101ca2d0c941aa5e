// What came since the visit before: marks in a calendar, and the numbers behind them.

import { newSince } from "./model.mjs";
import { touch, watch } from "./store.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

const DAY_MS = 86_400_000;

/** @param {number} day days since 1970 @returns {string} as 2024-03-01 */
export function dateOf(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * @param {Map<number, HTMLAnchorElement>} days the links of a calendar by days since 1970
 * @returns {Record<string, number>} papers by date
 */
export function countsOf(days) {
  return Object.fromEntries([...days].map(([day, link]) => [dateOf(day), parseInt(link.dataset.n ?? "0", 10)]));
}

/**
 * Mark the days that have more papers than at the end of the visit before.
 * @param {HTMLElement} calendar
 * @param {Map<number, HTMLAnchorElement>} days
 */
export function markNews(calendar, days) {
  touch();
  const counts = countsOf(days);
  /** @type {Record<string, number>} */
  let news = {};
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  let said;
  const mark = () => {
    for (const [day, link] of days) {
      const papers = news[dateOf(day)];
      if (!papers && !link.classList.contains("dp-new")) continue;
      link.classList.toggle("dp-new", Boolean(papers));
      link.querySelector("small")?.remove();
      const text = link.querySelector("span");
      if (papers && said) text?.append(make("small", {}, said.count("new_papers", papers)));
    }
  };
  watch(calendar, ({ visits }) => {
    news = newSince(visits, counts);
    mark();
  });
  speak(calendar, (words) => {
    said = words;
    mark();
  });
}
