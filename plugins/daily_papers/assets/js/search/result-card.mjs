// Papers that were found, as elements: cards like those of a day, and lines below a box.

import { excerpt, marked } from "./result.mjs";

/**
 * @typedef {import("./result.mjs").Found} Found
 * @typedef {import("../i18n/messages.mjs").Words} Words
 */

const FIRST_AUTHORS = 3;
const TONES = 12;

/**
 * @param {Found} paper
 * @param {string[]} words that were looked for
 * @param {HTMLElement} place whose data says where the site's root is
 * @param {Words} say
 */
export function card(paper, words, place, say) {
  const article = element("article", `dp-paper dp-result dp-t${toneOf(paper.id)}`);
  const body = element("div", "dp-body");
  const title = element("h2", "dp-title");
  title.append(linkTo(paper, words, place));
  const votes = element("span", "dp-votes", paper.votes === undefined ? "–" : say.number(paper.votes));
  votes.prepend(element("span", "dp-sr-only", `${say.text("votes_word")} `));
  const facts = element("p", "dp-authors");
  const time = element("time", "", say.date(paper.date, "plain"));
  time.setAttribute("datetime", paper.date);
  const others = paper.authors.length - FIRST_AUTHORS;
  const authors = paper.authors.slice(0, FIRST_AUTHORS).join(", ") + (others > 0 ? ` + ${others}` : "");
  facts.append(...[time, paper.organization, authors].filter(Boolean).flatMap((part, at) => (at ? [" · ", part] : [part])));
  body.append(title, votes, facts, marks(paper, say));
  const text = excerpt(paper.texts, words);
  if (text.some(([piece]) => piece)) {
    const about = element("p", "dp-excerpt");
    about.lang = /[가-힣]/.test(text.map(([piece]) => piece).join("")) ? "ko" : "en";
    about.append(...pieces(text));
    body.append(about);
  }
  const side = element("div", "dp-side");
  side.append(picture(paper, place));
  article.append(side, body);
  return article;
}

/**
 * @param {Found[]} papers
 * @param {string[]} words
 * @param {HTMLElement} place
 * @param {string} all the address of every result
 * @param {Words | undefined} say
 * @returns {Node[]}
 */
export function suggestions(papers, words, place, all, say) {
  if (!papers.length) return [element("p", "", say?.text("search_none"))];
  const list = document.createElement("ul");
  for (const paper of papers) {
    const item = document.createElement("li");
    const link = linkTo(paper, words, place);
    link.append(element("small", "", [paper.authors[0], say?.date(paper.date, "plain")].filter(Boolean).join(" · ")));
    item.append(link);
    list.append(item);
  }
  const more = element("a", "dp-all", say?.text("search_all"));
  /** @type {HTMLAnchorElement} */ (more).href = all;
  return [list, more];
}

/**
 * @param {Found} paper
 * @param {string[]} words
 * @param {HTMLElement} place
 */
function linkTo(paper, words, place) {
  const link = document.createElement("a");
  link.href = `${place.dataset.root}${paper.address}`;
  const title = document.createElement("span");
  title.lang = "en";
  title.append(...pieces(marked(paper.title, words)));
  link.append(title);
  return link;
}

/** @param {import("./result.mjs").Piece[]} parts @returns {Node[]} */
function pieces(parts) {
  return parts.map(([text, isFound]) => (isFound ? element("mark", "", text) : document.createTextNode(text)));
}

/**
 * @param {Found} paper
 * @param {HTMLElement} place
 */
function picture(paper, place) {
  const media = element("dp-media", "dp-media");
  const drawn = element("div", "dp-card");
  drawn.lang = "en";
  drawn.ariaHidden = "true";
  drawn.append(element("span", "", paper.title));
  media.append(drawn);
  if (!paper.picture) return media;
  const image = new Image(640, 360);
  image.alt = "";
  image.loading = "lazy";
  image.decoding = "async";
  image.src = /^https:/.test(paper.picture) ? paper.picture : `${place.dataset.root}${paper.picture}`;
  media.append(image);
  return media;
}

/**
 * @param {Found} paper
 * @param {Words} say
 */
function marks(paper, say) {
  const box = element("span", "dp-badges");
  for (const kind of /** @type {const} */ (["code", "video"])) {
    if (!paper[kind]) continue;
    const mark = element("span", `dp-has-${kind}`);
    mark.title = say.text(kind);
    mark.append(element("span", "dp-sr-only", say.text(kind)));
    box.append(mark);
  }
  return box;
}

/** @param {string} id @returns {number} which of the tones of drawn cards it has */
function toneOf(id) {
  return [...id].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 9973, 7) % TONES;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElement}
 */
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
