// Entry point of every page. Loads the custom elements that all day pages have; the others on demand. Each element adds to
// a page that is complete without it.
import "./citations/dp-cite-menu.mjs";
import "./day/dp-filter.mjs";
import "./day/dp-media.mjs";
import "./day/dp-shortcuts.mjs";
import "./i18n/dp-language.mjs";
import "./library/dp-follow.mjs";
import "./library/dp-paper-actions.mjs";

/** Modules of the elements that few pages have. */
const LAZY = [
  "authors/dp-authors",
  "authors/dp-table-filter",
  "calendar/dp-calendar",
  "calendar/dp-new-papers",
  "day/dp-paper-redirect",
  "library/dp-library-page",
  "search/dp-search-box",
  "search/dp-search-page",
  "topics/dp-topics",
];

function loadElements() {
  for (const path of LAZY) {
    const [, element] = path.split("/");
    if (document.querySelector(element)) import(`./${path}.mjs`);
  }
}

loadElements();
// Material's instant navigation replaces the page without running this module again.
/** @type {any} */ (globalThis).document$?.subscribe(loadElements);
