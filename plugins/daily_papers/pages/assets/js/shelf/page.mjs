// The page of the library: what is wrong with it, what is new, the papers, what is followed, and the way in and out.

import { keeper } from "../library.mjs";
import { language } from "../speech.mjs";
import { drawExchange, drawTrouble } from "./exchange.mjs";
import { drawFollows, drawNews, isFollowing, load } from "./follows.mjs";
import { drawHidden, drawPapers } from "./papers.mjs";

/**
 * @param {HTMLElement} shelf holds the addresses of the site in its data: `day` with YYYY, MM and DD in it, `topic` with
 *   SLUG, `authors`, the `newest` day, `months` of the newest data files, and `topics`, the name of each by language, by slug
 * @param {import("../core/words.mjs").Words} words
 */
export async function draw(shelf, words) {
  const places = placesOf(shelf, words);
  /** @type {ReturnType<typeof load> | undefined} */
  let loaded;
  // Nothing is asked for before something is followed.
  const papers = () => (loaded ??= load(places.months));
  if (isFollowing(keeper.library)) await papers();
  if (words.language !== language()) return;
  shelf.replaceChildren(
    drawTrouble(words),
    drawNews(words, places, papers),
    drawPapers(words, places),
    drawFollows(words, places),
    drawHidden(words, places),
    drawExchange(words, places),
  );
}

/** @typedef {ReturnType<typeof placesOf>} Places */

/** @param {HTMLElement} shelf @param {import("../core/words.mjs").Words} words */
function placesOf({ dataset }, words) {
  /** @type {Record<string, Record<string, string>>} */
  const names = JSON.parse(dataset.topics ?? "{}");
  return {
    months: (dataset.months ?? "").split(" ").filter(Boolean),
    /** @param {string} id @param {string} date */
    paper(id, date) {
      if (!date) return `${dataset.jump}#${encodeURIComponent(id)}`;
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
    /** @param {string} slug */
    topicName: (slug) => (Object.hasOwn(names, slug) ? names[slug][words.language] ?? names[slug].en : slug),
  };
}
