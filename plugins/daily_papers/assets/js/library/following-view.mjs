// Followed topics, authors and filters on the library page, and the new papers that match them.

import { element } from "../lib/dom.mjs";
import { fetchJson } from "../lib/fetch-json.mjs";
import { addedSince, countFollows, matcher, papersOfMonth } from "./following.mjs";
import { addFollowingView } from "./model.mjs";
import { firstAuthors, renderOnChange, titleLink } from "./paper-list.mjs";
import { now, store } from "./store.mjs";

/** @typedef {import("../i18n/messages.mjs").Messages} Messages */
/** @typedef {import("./following.mjs").ListedPaper} ListedPaper */
/** @typedef {import("./page.mjs").Urls} Urls */

const MAX_PAPERS = 50;
/** Limit of loading. The page renders after it in one piece, so that nothing moves. */
const TIMEOUT_MS = 4000;
/** Shortest time between two records of the same list. */
const VIEW_UPDATE_MS = 60_000;

/**
 * @param {Messages} messages
 * @param {Urls} urls
 * @param {() => ReturnType<typeof loadNewest>} papers
 * @returns {HTMLElement} hidden if the reader follows nothing
 */
export function renderNewPapers(messages, urls, papers) {
  const status = element("p", { role: "status" });
  const list = element("ul", { className: "dp-paper-list" });
  const earlier = element("ul", { className: "dp-paper-list" });
  const summary = element("summary", { textContent: messages.text("library_news_earlier") });
  const details = element("details", { hidden: true }, summary, earlier);
  const heading = element("h2", { textContent: messages.text("library_news") });
  const section = element("section", { hidden: true }, heading, status, list, details);
  renderOnChange(section, async () => {
    const { follows } = store.library;
    section.hidden = !countFollows(follows);
    if (section.hidden) return;
    const all = await papers();
    if (!all) {
      status.textContent = messages.text("library_news_failed");
      return;
    }
    const match = matcher(follows);
    const found = all.filter((paper) => countFollows(match(paper)));
    recordView(found);
    const added = new Set(addedSince(found, store.library.visits.looked));
    /** @param {ListedPaper} paper */
    const row = (paper) => renderPaper(paper, match(paper), messages, urls);
    list.replaceChildren(...[...added].slice(0, MAX_PAPERS).map(row));
    earlier.replaceChildren(...found.filter((paper) => !added.has(paper)).slice(0, MAX_PAPERS).map(row));
    details.hidden = !earlier.childElementCount;
    status.textContent = added.size ? messages.count("new_papers", added.size) : messages.text("library_news_none");
  });
  return section;
}

/**
 * @param {Messages} messages
 * @param {Urls} urls
 * @param {import("./page.mjs").State} state
 * @returns {HTMLElement}
 */
export function renderFollows(messages, urls, { followed }) {
  const none = element("p", { className: "dp-placeholder", textContent: messages.text("library_follows_none") });
  const kinds = /** @type {const} */ (["topics", "authors", "filters"]).map((kind) => {
    const list = element("ul", { className: "dp-followed" });
    const heading = element("h3", { textContent: messages.text(`library_${kind}`) });
    return { kind, list, part: element("div", {}, heading, list) };
  });
  const heading = element("h2", { textContent: messages.text("library_follows") });
  const section = element("section", {}, heading, none, ...kinds.map(({ part }) => part));
  renderOnChange(section, () => {
    const { follows } = store.library;
    for (const { kind, list, part } of kinds) {
      // An unfollowed entry stays until the reader leaves the page, so that it can be followed again.
      for (const one of follows[kind]) followed[kind].set(typeof one === "string" ? one : one.query, one);
      const known = new Set([...list.children].map((one) => /** @type {HTMLElement} */ (one).dataset.key));
      for (const [key, one] of followed[kind]) if (!known.has(key)) list.append(renderFollow(kind, one, key, urls));
      part.hidden = !list.childElementCount;
    }
    none.hidden = kinds.some(({ part }) => !part.hidden);
  });
  return section;
}

/**
 * @param {"topics" | "authors" | "filters"} kind
 * @param {string | import("./model.mjs").Filter} one
 * @param {string} key
 * @param {Urls} urls
 */
function renderFollow(kind, one, key, urls) {
  const name = typeof one !== "string" ? urls.filterName(one) : kind === "topics" ? urls.topicName(one) : one;
  const href = { topics: urls.topic, authors: urls.author, filters: urls.filter }[kind](key);
  /** @type {Record<string, string>} */
  const data = { name, [{ topics: "topic", authors: "author", filters: "query" }[kind]]: key };
  if (typeof one !== "string" && one.org) data.org = one.org;
  const button = element("dp-follow", { data });
  const label = href ? element("a", { href, textContent: name }) : element("span", { textContent: name });
  return element("li", { data: { key } }, label, button);
}

/**
 * @param {ListedPaper} paper
 * @param {import("./model.mjs").Follows} matched follows that the paper matches
 * @param {Messages} messages
 * @param {Urls} urls
 */
function renderPaper(paper, matched, messages, urls) {
  const authors = firstAuthors(paper.authors ?? []);
  const others = matched.authors.filter((name) => !authors.includes(name));
  const names = [...matched.topics.map(urls.topicName), ...others, ...matched.filters.map(urls.filterName)];
  const facts = [names.join(", "), authors, messages.date(paper.date, "plain")];
  return element(
    "li",
    {},
    titleLink(paper.id, paper, urls),
    element("small", { textContent: facts.filter(Boolean).join(" · ") }),
  );
}

/**
 * Record the shown papers: the newest date, and the ids of that date, because it may still receive papers.
 * @param {ListedPaper[]} found newest first
 */
function recordView(found) {
  const [newest] = found;
  if (!newest) return;
  const ids = found.filter((paper) => paper.date === newest.date).map((paper) => paper.id).sort();
  const { looking } = store.library.visits;
  const at = now();
  const isSame = looking && looking.date === newest.date && looking.ids.join() === ids.join();
  if (isSame && Date.parse(at) - Date.parse(looking.at) < VIEW_UPDATE_MS) return;
  store.update((library) => ({ ...library, visits: addFollowingView(library.visits, { at, date: newest.date, ids }) }));
}

/**
 * @param {string[]} urls of monthly data files
 * @returns {Promise<ListedPaper[] | undefined>} their papers, newest first; undefined if no file could be loaded in time
 */
export async function loadNewest(urls) {
  const timeout = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
  const months = await Promise.all(
    urls.map((url) => Promise.race([fetchJson(url).then(papersOfMonth), timeout]).catch(() => undefined)),
  );
  const loaded = months.filter((month) => month !== undefined);
  return loaded.length ? loaded.flat().sort((one, other) => other.date.localeCompare(one.date)) : undefined;
}
