// Layout of the library page: problems, new papers, saved papers, follows, hidden papers, import and export.

import { language } from "../i18n/locale.mjs";
import { describe, parse } from "../lib/paper-filter.mjs";
import { countFollows } from "./following.mjs";
import { loadNewest, renderFollows, renderNewPapers } from "./following-view.mjs";
import { renderImportExport, renderProblem } from "./import-export.mjs";
import { PAGE_SIZE, renderHiddenPapers, renderPapers } from "./paper-list.mjs";
import { store } from "./store.mjs";

/** @typedef {import("./model.mjs").Paper} Paper */
/** @typedef {import("./model.mjs").Filter} Filter */
/** @typedef {ReturnType<typeof createState>} State */
/** @typedef {ReturnType<typeof createUrls>} Urls */

/** State of the page that survives a change of language, which renders the page again. */
function createState() {
  return {
    query: "",
    sort: "saved",
    kind: "all",
    limit: PAGE_SIZE,
    /** @type {Map<string, Paper>} papers removed on this page, for undo */
    removed: new Map(),
    /** @type {Set<string>} ids of papers with an opened note field */
    openNotes: new Set(),
    /** @type {Record<"topics" | "authors" | "filters", Map<string, string | Filter>>} including those unfollowed on this page */
    followed: { topics: new Map(), authors: new Map(), filters: new Map() },
    /** @type {import("./model.mjs").Library | undefined} an import that the reader has not confirmed yet */
    pendingImport: undefined,
    /** @type {(text: string | undefined) => void} offers a text for import; set by `renderImportExport` */
    offerImport: () => {},
    /** The exported library as a link. */
    link: "",
    isImportInvalid: false,
    isHiddenListOpen: false,
  };
}

/**
 * @param {HTMLElement} host has the site's URLs as data attributes: `day` with YYYY, MM and DD, `topic` with SLUG, `authors`,
 *   `newest` (day), `months` (data files), `paper-url`; and `topics`, names by language by slug as JSON
 * @returns {(messages: import("../i18n/messages.mjs").Messages) => Promise<void>} renders the page in a language
 */
export function createPage(host) {
  const state = createState();
  return async (messages) => {
    const urls = createUrls(host, messages);
    /** @type {ReturnType<typeof loadNewest> | undefined} */
    let loading;
    // Loaded only if the reader follows something.
    const papers = () => (loading ??= loadNewest(urls.months));
    if (countFollows(store.library.follows)) await papers();
    if (messages.language !== language()) return;
    host.replaceChildren(
      renderProblem(messages),
      renderNewPapers(messages, urls, papers),
      renderPapers(messages, urls, state),
      renderFollows(messages, urls, state),
      renderHiddenPapers(messages, urls, state),
      renderImportExport(messages, urls, state),
    );
  };
}

/** @param {HTMLElement} host @param {import("../i18n/messages.mjs").Messages} messages */
function createUrls({ dataset }, messages) {
  /** @type {Record<string, Record<string, string>>} */
  const names = JSON.parse(dataset.topics ?? "{}");
  /** @param {string} slug */
  const topicName = (slug) => (Object.hasOwn(names, slug) ? names[slug][messages.language] ?? names[slug].en : slug);
  return {
    months: (dataset.months ?? "").split(" ").filter(Boolean),
    /** @param {string} id @param {string} date */
    paper(id, date) {
      if (!date) return `${dataset.paperUrl}#${encodeURIComponent(id)}`;
      const [year, month, day] = date.split("-");
      const page = (dataset.day ?? "").replace("YYYY", year).replace("MM", month).replace("DD", day);
      return `${page}#${encodeURIComponent(id)}`;
    },
    /** @param {string} slug @returns {string} "" if the site has no such topic */
    topic: (slug) => (Object.hasOwn(names, slug) ? (dataset.topic ?? "").replace("SLUG", slug) : ""),
    /** @param {string} name */
    author: (name) => `${dataset.authors}#${encodeURIComponent(name)}`,
    /** @param {string} query of a day's page @returns {string} the newest day with that query */
    filter: (query) => (dataset.newest ? `${dataset.newest}?${query}` : ""),
    topicName,
    /** @param {Filter} filter */
    filterName({ query, org }) {
      const criteria = parse(new URLSearchParams(query));
      return describe(criteria, messages, { topic: topicName(criteria.topic), org: org ?? criteria.org }) || query;
    },
  };
}
