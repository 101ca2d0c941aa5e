// The page of the library: what is wrong with it, what is new, the papers, what is followed, and the way in and out.

import { describe, parse } from "../lib/paper-filter.mjs";
import { amount } from "./following.mjs";
import { keeper } from "./store.mjs";
import { language } from "../i18n/locale.mjs";
import { drawExchange, drawTrouble } from "./import-export.mjs";
import { drawFollows, drawNews, newest } from "./following-view.mjs";
import { drawHidden, drawPapers, ROWS } from "./paper-list.mjs";

/** @typedef {import("./model.mjs").Paper} Paper */
/** @typedef {import("./model.mjs").Filter} Filter */
/** @typedef {ReturnType<typeof begin>} Begun */

/** What a reader has begun on the page: it outlives the page's being drawn in another language. */
function begin() {
  return {
    asked: "",
    sort: "saved",
    kind: "all",
    limit: ROWS,
    /** @type {Map<string, Paper>} papers taken away on this page, as they were */
    removed: new Map(),
    /** @type {Set<string>} papers whose note has been opened */
    open: new Set(),
    /** @type {Record<"topics" | "authors" | "filters", Map<string, string | Filter>>} also what is followed no longer */
    followed: { topics: new Map(), authors: new Map(), filters: new Map() },
    /** @type {import("./model.mjs").Library | undefined} what came in and is not decided on yet */
    offered: undefined,
    /** @type {(text: string | undefined) => void} offers the library in a text; the part that does so puts it here */
    consider: () => {},
    link: "",
    /** Whether the last thing told of an import is that it is none. */
    isRefused: false,
    /** Whether the list of hidden papers is unfolded. */
    isHiddenOpen: false,
  };
}

/**
 * @param {HTMLElement} shelf holds the addresses of the site in its data: `day` with YYYY, MM and DD in it, `topic` with
 *   SLUG, `authors`, the `newest` day, `months` of the newest data files, and `topics`, the name of each by language, by slug
 * @returns {(words: import("../i18n/messages.mjs").Words) => Promise<void>} draws the page in the language of `words`
 */
export function pageOf(shelf) {
  const begun = begin();
  return async (words) => {
    const places = placesOf(shelf, words);
    /** @type {ReturnType<typeof newest> | undefined} */
    let loaded;
    // Nothing is asked for before something is followed.
    const papers = () => (loaded ??= newest(places.months));
    if (amount(keeper.library.follows)) await papers();
    if (words.language !== language()) return;
    shelf.replaceChildren(
      drawTrouble(words),
      drawNews(words, places, papers),
      drawPapers(words, places, begun),
      drawFollows(words, places, begun),
      drawHidden(words, places, begun),
      drawExchange(words, places, begun),
    );
  };
}

/** @typedef {ReturnType<typeof placesOf>} Places */

/** @param {HTMLElement} shelf @param {import("../i18n/messages.mjs").Words} words */
function placesOf({ dataset }, words) {
  /** @type {Record<string, Record<string, string>>} */
  const names = JSON.parse(dataset.topics ?? "{}");
  /** @param {string} slug */
  const topicName = (slug) => (Object.hasOwn(names, slug) ? names[slug][words.language] ?? names[slug].en : slug);
  return {
    months: (dataset.months ?? "").split(" ").filter(Boolean),
    /** @param {string} id @param {string} date */
    paper(id, date) {
      if (!date) return `${dataset.paperUrl}#${encodeURIComponent(id)}`;
      const [year, month, day] = date.split("-");
      const page = (dataset.day ?? "").replace("YYYY", year).replace("MM", month).replace("DD", day);
      return `${page}#${encodeURIComponent(id)}`;
    },
    /** @param {string} slug @returns {string} "" where the site has no such topic */
    topic: (slug) => (Object.hasOwn(names, slug) ? (dataset.topic ?? "").replace("SLUG", slug) : ""),
    /** @param {string} name */
    author: (name) => `${dataset.authors}#${encodeURIComponent(name)}`,
    /** @param {string} query of a day's page: the newest day, sifted by it */
    filter: (query) => (dataset.newest ? `${dataset.newest}?${query}` : ""),
    topicName,
    /** @param {Filter} filter */
    filterName({ query, org }) {
      const choice = parse(new URLSearchParams(query));
      return describe(choice, words, { topic: topicName(choice.topic), org: org ?? choice.org }) || query;
    },
  };
}
