// Rendering of search results: cards like those of a day, and lines below the search box.

import { cardTone } from "../lib/card-tone.mjs";
import { element } from "../lib/dom.mjs";
import { excerpt, highlight } from "./result.mjs";

/**
 * @typedef {import("./result.mjs").Result} Result
 * @typedef {import("../i18n/messages.mjs").Messages} Messages
 */

const FIRST_AUTHORS = 3;

/**
 * @param {Result} paper
 * @param {string[]} words to highlight
 * @param {HTMLElement} host its data-root is the URL of the site's root
 * @param {Messages} messages
 */
export function resultCard(paper, words, host, messages) {
  const others = paper.authors.length - FIRST_AUTHORS;
  const authors = paper.authors.slice(0, FIRST_AUTHORS).join(", ") + (others > 0 ? ` + ${others}` : "");
  const time = element("time", { dateTime: paper.date, textContent: messages.date(paper.date, "plain") });
  const facts = [time, paper.organization, authors].filter(Boolean).flatMap((part, at) => (at ? [" · ", part] : [part]));
  const body = element(
    "div",
    { className: "dp-body" },
    element("h2", { className: "dp-title" }, linkTo(paper, words, host)),
    element(
      "span",
      { className: "dp-votes" },
      element("span", { className: "dp-sr-only", textContent: `${messages.text("votes_word")} ` }),
      paper.votes === undefined ? "–" : messages.number(paper.votes),
    ),
    element("p", { className: "dp-authors" }, ...facts),
    badges(paper, messages),
  );
  const passage = excerpt(paper.texts, words);
  const text = passage.map(([segment]) => segment).join("");
  if (text) {
    const lang = /[가-힣]/.test(text) ? "ko" : "en";
    body.append(element("p", { className: "dp-excerpt", lang }, ...toNodes(passage)));
  }
  const side = element("div", { className: "dp-side" }, thumbnail(paper, host));
  return element("article", { className: `dp-paper dp-result dp-t${cardTone(paper.id)}` }, side, body);
}

/**
 * @param {Result[]} papers
 * @param {string[]} words to highlight
 * @param {HTMLElement} host its data-root is the URL of the site's root
 * @param {string} allUrl page with all results
 * @param {Messages | undefined} messages
 * @returns {Node[]}
 */
export function suggestionList(papers, words, host, allUrl, messages) {
  if (!papers.length) return [element("p", { textContent: messages?.text("search_none") ?? "" })];
  const items = papers.map((paper) => {
    const link = linkTo(paper, words, host);
    const facts = [paper.authors[0], messages?.date(paper.date, "plain")].filter(Boolean).join(" · ");
    link.append(element("small", { textContent: facts }));
    return element("li", {}, link);
  });
  return [
    element("ul", {}, ...items),
    element("a", { className: "dp-all", textContent: messages?.text("search_all") ?? "", href: allUrl }),
  ];
}

/**
 * @param {Result} paper
 * @param {string[]} words
 * @param {HTMLElement} host
 */
function linkTo(paper, words, host) {
  const title = element("span", { lang: "en" }, ...toNodes(highlight(paper.title, words)));
  return element("a", { href: `${host.dataset.root}${paper.url}` }, title);
}

/** @param {import("./result.mjs").Segment[]} segments @returns {(Node | string)[]} */
function toNodes(segments) {
  return segments.map(([text, isMatch]) => (isMatch ? element("mark", { textContent: text }) : text));
}

/**
 * @param {Result} paper
 * @param {HTMLElement} host
 */
function thumbnail(paper, host) {
  const title = element("span", { textContent: paper.title });
  const media = element(
    "dp-media",
    { className: "dp-media" },
    element("div", { className: "dp-card", lang: "en", ariaHidden: "true" }, title),
  );
  if (paper.image) {
    const src = /^https:/.test(paper.image) ? paper.image : `${host.dataset.root}${paper.image}`;
    media.append(element("img", { width: 640, height: 360, alt: "", loading: "lazy", decoding: "async", src }));
  }
  return media;
}

/**
 * @param {Result} paper
 * @param {Messages} messages
 */
function badges(paper, messages) {
  const kinds = /** @type {const} */ (["code", "video"]).filter((kind) => paper[kind]);
  const items = kinds.map((kind) => {
    const label = element("span", { className: "dp-sr-only", textContent: messages.text(kind) });
    return element("span", { className: `dp-has-${kind}`, title: messages.text(kind) }, label);
  });
  return element("span", { className: "dp-badges" }, ...items);
}
