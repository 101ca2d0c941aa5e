// New papers since the previous visit: counts by date, and their marks in a calendar.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { newPapersSince } from "./model.mjs";
import { onLibraryChange, recordVisit } from "./store.mjs";

const DAY_MS = 86_400_000;

/** @param {number} day days since 1970 @returns {string} as 2024-03-01 */
export function toIsoDate(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * @param {Map<number, HTMLAnchorElement>} days links of a calendar by days since 1970
 * @returns {Record<string, number>} papers by date
 */
export function paperCounts(days) {
  return Object.fromEntries([...days].map(([day, link]) => [toIsoDate(day), parseInt(link.dataset.n ?? "0", 10)]));
}

/**
 * Mark the dates that have more papers than at the end of the previous visit.
 * @param {HTMLElement} calendar
 * @param {Map<number, HTMLAnchorElement>} days its links by days since 1970
 */
export function markNewPapers(calendar, days) {
  recordVisit();
  const counts = paperCounts(days);
  /** @type {Record<string, number>} */
  let newPapers = {};
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  let current;
  const render = () => {
    for (const [day, link] of days) {
      const papers = newPapers[toIsoDate(day)];
      if (!papers && !link.classList.contains("dp-new")) continue;
      link.classList.toggle("dp-new", Boolean(papers));
      link.querySelector("small")?.remove();
      const text = link.querySelector("span");
      if (papers && current) text?.append(element("small", {}, current.count("new_papers", papers)));
    }
  };
  onLibraryChange(calendar, ({ visits }) => {
    newPapers = newPapersSince(visits, counts);
    render();
  });
  onLocale(calendar, (messages) => {
    current = messages;
    render();
  });
}
