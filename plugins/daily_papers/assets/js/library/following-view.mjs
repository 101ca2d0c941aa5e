// What is followed, and which papers of the newest months that brings.

import { load } from "../lib/fetch-json.mjs";
import { amount, finder, listed, since } from "./following.mjs";
import { look } from "./model.mjs";
import { keeper, now } from "./store.mjs";
import { make } from "../lib/dom.mjs";
import { firstAuthors, titleLink, watchConnected } from "./paper-list.mjs";

/** @typedef {import("../i18n/messages.mjs").Words} Words */
/** @typedef {import("./following.mjs").Listed} Listed */

const ROWS = 50;

/** So long the page waits for them: the rest of it, which needs no network, comes with them, so that nothing moves. */
const WAIT_MS = 4000;

/**
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @param {() => ReturnType<typeof newest>} papers
 * @returns {HTMLElement} seen only by who follows something
 */
export function drawNews(words, places, papers) {
  const told = make("p", { role: "status" });
  const list = make("ul", { className: "dp-paper-list" });
  const earlier = make("ul", { className: "dp-paper-list" });
  const folded = make("details", { hidden: true }, make("summary", { textContent: words.text("library_news_earlier") }), earlier);
  const section = make("section", { hidden: true }, make("h2", { textContent: words.text("library_news") }), told, list, folded);
  watchConnected(section, async () => {
    const { follows } = keeper.library;
    section.hidden = !amount(follows);
    if (section.hidden) return;
    const all = await papers();
    if (!all) {
      told.textContent = words.text("library_news_failed");
      return;
    }
    const find = finder(follows);
    const found = all.filter((paper) => amount(find(paper)));
    noteLook(found);
    const news = new Set(since(found, keeper.library.visits.looked));
    /** @param {Listed} paper */
    const row = (paper) => drawRow(paper, find(paper), words, places);
    list.replaceChildren(...[...news].slice(0, ROWS).map(row));
    earlier.replaceChildren(...found.filter((paper) => !news.has(paper)).slice(0, ROWS).map(row));
    folded.hidden = !earlier.childElementCount;
    told.textContent = news.size ? words.count("new_papers", news.size) : words.text("library_news_none");
  });
  return section;
}

/**
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @param {import("./page.mjs").Begun} begun
 * @returns {HTMLElement}
 */
export function drawFollows(words, places, { followed }) {
  const nothing = make("p", { className: "dp-placeholder", textContent: words.text("library_follows_none") });
  const kinds = /** @type {const} */ (["topics", "authors", "filters"]).map((kind) => {
    const list = make("ul", { className: "dp-followed" });
    return { kind, list, part: make("div", {}, make("h3", { textContent: words.text(`library_${kind}`) }), list) };
  });
  const section = make(
    "section",
    {},
    make("h2", { textContent: words.text("library_follows") }),
    nothing,
    ...kinds.map(({ part }) => part),
  );
  watchConnected(section, () => {
    const { follows } = keeper.library;
    for (const { kind, list, part } of kinds) {
      // One that is no longer followed stays until the page is left, so that it can be followed again.
      for (const one of follows[kind]) followed[kind].set(typeof one === "string" ? one : one.query, one);
      const known = new Set([...list.children].map((one) => /** @type {HTMLElement} */ (one).dataset.key));
      for (const [key, one] of followed[kind]) if (!known.has(key)) list.append(drawFollowed(kind, one, key, places));
      part.hidden = !list.childElementCount;
    }
    nothing.hidden = kinds.some(({ part }) => !part.hidden);
  });
  return section;
}

/**
 * @param {"topics" | "authors" | "filters"} kind
 * @param {string | import("./model.mjs").Filter} one
 * @param {string} key
 * @param {import("./page.mjs").Places} places
 */
function drawFollowed(kind, one, key, places) {
  const name = typeof one !== "string" ? places.filterName(one) : kind === "topics" ? places.topicName(one) : one;
  const address = { topics: places.topic, authors: places.author, filters: places.filter }[kind](key);
  const button = document.createElement("dp-follow");
  button.dataset.name = name;
  if (typeof one !== "string" && one.org) button.dataset.org = one.org;
  button.dataset[{ topics: "topic", authors: "author", filters: "query" }[kind]] = key;
  const label = address ? make("a", { href: address, textContent: name }) : make("span", { textContent: name });
  return make("li", { data: { key } }, label, button);
}

/**
 * @param {Listed} paper
 * @param {import("./model.mjs").Follows} by what it was found by
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 */
function drawRow(paper, by, words, places) {
  const authors = firstAuthors(paper.authors ?? []);
  const others = by.authors.filter((name) => !authors.includes(name));
  const names = [...by.topics.map(places.topicName), ...others, ...by.filters.map(places.filterName)];
  const facts = [names.join(", "), authors, words.date(paper.date, "plain")];
  return make("li", {}, titleLink(paper.id, paper, places), make("small", { textContent: facts.filter(Boolean).join(" · ") }));
}

/** Note what has been seen of them, of the newest date by paper: more may come in on that date. @param {Listed[]} found newest first */
function noteLook(found) {
  const [newest] = found;
  if (!newest) return;
  const ids = found.filter((paper) => paper.date === newest.date).map((paper) => paper.id).sort();
  const { looking } = keeper.library.visits;
  const at = now();
  const isSame = looking && looking.date === newest.date && looking.ids.join() === ids.join();
  if (isSame && Date.parse(at) - Date.parse(looking.at) < 60_000) return;
  keeper.change((library) => ({ ...library, visits: look(library.visits, { at, date: newest.date, ids }) }));
}

/**
 * @param {string[]} addresses of the months' data files
 * @returns {Promise<Listed[] | undefined>} their papers, newest first; undefined where none could be had
 */
export async function newest(addresses) {
  const late = new Promise((give) => setTimeout(give, WAIT_MS));
  const months = await Promise.all(
    addresses.map((address) => Promise.race([load(address).then(listed), late]).catch(() => undefined)),
  );
  const had = months.filter((month) => month !== undefined);
  return had.length ? had.flat().sort((one, other) => other.date.localeCompare(one.date)) : undefined;
}
