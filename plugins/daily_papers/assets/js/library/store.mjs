// The library of this page's reader, and who watches it: the one Keeper, over localStorage.

import { KEY, Keeper, visit } from "./model.mjs";

export const keeper = new Keeper(() => localStorage);

// Another tab has written.
addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) keeper.dispatchEvent(new Event("change"));
});

/**
 * Call `see` with the library, now and whenever it changes, until `owner` has left the page.
 * @param {Element} owner
 * @param {(library: import("./model.mjs").Library) => void} see
 */
export function watch(owner, see) {
  const now = () => {
    if (owner.isConnected) see(keeper.library);
    else keeper.removeEventListener("change", now);
  };
  keeper.addEventListener("change", now);
  now();
}

/** @returns {string} this instant */
export function now() {
  return new Date().toISOString();
}

let isNoted = false;

/** Note that the reader is here. @param {Record<string, number>} [days] papers by date, where a page tells them */
export function touch(days) {
  // Once for all the papers and months of a page.
  if (isNoted && !days) return;
  isNoted = true;
  queueMicrotask(() => (isNoted = false));
  keeper.change((library) => {
    const visits = visit(library.visits, now(), days);
    return visits === library.visits ? library : { ...library, visits };
  });
}

/**
 * @param {ReturnType<Keeper["change"]>} outcome
 * @param {import("../i18n/messages.mjs").Words} words
 * @returns {string} what a reader has to know of it
 */
export function tell(outcome, words) {
  return outcome && words.text(`library_${outcome}`);
}
