// <dp-authors>: finds an author's name while one types, and shows the papers it stands on. What is typed is kept in the
// address as ?q=, the chosen name behind its "#"; lists of names and months of papers are fetched when they are needed.

import { anchor, watchAddress } from "../lib/location-hash.mjs";
import { load } from "../lib/fetch-json.mjs";
import { fileOf, fold, rank, shardOf, wordsOf } from "./name-index.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

/** @typedef {import("./name-index.mjs").Author} Author */
/** @typedef {import("../i18n/messages.mjs").Words} Words */
/** @typedef {{id: string, date: string, title: string, authors?: string[], votes?: number}} Paper of a month's file */

/** Names shown at once; whoever has more types on. */
const SHOWN = 50;
/** How long a reader pauses who wants to see what was found. */
const PAUSE_MS = 120;

class DpAuthors extends HTMLElement {
  /** @type {Words | undefined} */
  #words;
  /** @type {(words: Words) => [string, ...Node[]]} what is shown: how much was found, and what */
  #show = () => [""];
  /** Counts what was asked for, so that an answer that comes late is not shown. */
  #turn = 0;
  /** The name whose papers are shown. */
  #chosen = "";
  #pause = 0;

  connectedCallback() {
    for (const name of this.querySelectorAll(".dp-most-listed li > span")) {
      if (!(name instanceof HTMLElement)) continue;
      const shown = name.textContent ?? "";
      name.replaceWith(toName(name.dataset.name ?? shown, shown));
    }
    this.#input.value ||= new URLSearchParams(location.search).get("q") ?? "";
    this.addEventListener("input", this);
    this.addEventListener("keydown", this);
    watchAddress(this, "hashchange", () => this.#follow(true));
    speak(this, (words) => {
      this.#words = words;
      this.#draw();
    });
    this.#follow(false);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event instanceof KeyboardEvent) this.#walk(event);
    else this.#type();
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** Look for what is typed, which takes the chosen name back. */
  #type() {
    const address = new URL(location.href);
    const typed = this.#input.value;
    if (typed.trim()) address.searchParams.set("q", typed);
    else address.searchParams.delete("q");
    address.hash = "";
    history.replaceState(history.state, "", address.href.replace(/#$/, ""));
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#find(), PAUSE_MS);
  }

  /** Show what the address says. @param {boolean} moved whether the reader has just gone there */
  async #follow(moved) {
    const [name, before] = [anchor(), this.#chosen];
    this.#chosen = name;
    await (name ? this.#choose(name) : this.#find());
    if (!moved) return;
    const names = /** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll(name ? "h2" : "li > a[href^='#']"));
    const goal = name ? names[0] : [...names].find((link) => decodeURIComponent(link.hash.slice(1)) === before);
    (goal ?? this.#field)?.focus();
  }

  /** The field, to go on in; not under a thumb, where it would open a keyboard over the page. */
  get #field() {
    return matchMedia("(pointer: coarse)").matches ? undefined : this.#input;
  }

  async #find() {
    const turn = ++this.#turn;
    const typed = wordsOf(this.#input.value);
    this.classList.toggle("dp-has-query", typed.length > 0);
    if (!typed.length) return this.#draw(() => [""]);
    await this.#try(turn, async () => {
      const authors = await this.#authors(typed);
      if (!authors) return (words) => [words.text("type_on")];
      const found = rank(typed, authors);
      return (words) => [words.count("names", found.length), ...listOf(found.slice(0, SHOWN)), ...more(found, words)];
    });
  }

  /** Show the papers of the author called `name`. @param {string} name */
  async #choose(name) {
    const turn = ++this.#turn;
    this.classList.add("dp-has-query");
    await this.#try(turn, async () => {
      const author = (await this.#authors(wordsOf(name)))?.find((one) => one.name === name);
      if (!author) return (words) => [words.text("no_such_name", { name })];
      const months = await Promise.all(author.months.map((month) => this.#month(month)));
      const papers = months.flatMap((month) => month.filter((paper) => paper.authors?.includes(name)).reverse());
      return (words) => [words.count("papers", papers.length), this.#heading(name, words), this.#papers(papers, words)];
    });
  }

  /**
   * @param {number} turn
   * @param {() => Promise<(words: Words) => [string, ...Node[]]>} ask
   */
  async #try(turn, ask) {
    let show;
    try {
      show = await ask();
    } catch {
      show = (/** @type {Words} */ words) => /** @type {[string]} */ ([words.text("not_loaded")]);
    }
    if (turn === this.#turn) this.#draw(show);
  }

  /**
   * @param {string[]} typed
   * @returns {Promise<Author[] | undefined>} every author that may match; undefined where those are too many to fetch
   */
  async #authors(typed) {
    const folder = `${this.dataset.archive}authors/`;
    const keys = shardOf(typed, await load(`${folder}names.json`));
    if (!keys) return undefined;
    const lists = await Promise.all(keys.map((key) => load(folder + fileOf(key)).then(read)));
    return [...new Map(lists.flat().map((author) => [author.name, author])).values()];
  }

  /**
   * @param {number} month as 202403
   * @returns {Promise<Paper[]>} oldest date first
   */
  async #month(month) {
    const stem = `${Math.floor(month / 100)}/${String(month % 100).padStart(2, "0")}`;
    return (await load(`${this.dataset.archive}${stem}.json`)).papers;
  }

  /**
   * @param {string} name
   * @param {Words} words
   */
  #heading(name, words) {
    const heading = make("h2", { tabIndex: -1, textContent: name });
    const follow = document.createElement("dp-follow");
    follow.dataset.author = name;
    const back = this.#input.value.trim() ? [make("a", { href: "#", textContent: words.text("back_to_names") })] : [];
    return make("div", { className: "dp-bar" }, heading, follow, ...back);
  }

  /**
   * @param {Paper[]} papers newest first
   * @param {Words} words
   */
  #papers(papers, words) {
    const items = papers.map(({ id, date, title, votes }) => {
      const href = `${this.dataset.archive}${date.replaceAll("-", "/")}${this.dataset.urlSuffix}#${id}`;
      const facts = [words.date(date, "plain"), ...(votes === undefined ? [] : [words.count("votes", votes)])];
      const small = make("small", { textContent: facts.join(" · ") });
      return make("li", {}, make("a", { href, lang: "en", textContent: title }), small);
    });
    return make("ul", { className: "dp-author-papers" }, ...items);
  }

  /** @param {(words: Words) => [string, ...Node[]]} [show] */
  #draw(show = this.#show) {
    this.#show = show;
    if (!this.#words) return;
    const [told, ...nodes] = show(this.#words);
    const output = this.querySelector("output");
    if (output) output.textContent = told;
    const found = this.querySelector(".dp-name-results");
    const isIn = found?.contains(document.activeElement);
    found?.replaceChildren(...nodes);
    if (isIn) (found?.querySelector("h2") ?? this.#field)?.focus();
  }

  /** The arrow keys go from what is typed into the names, and back. @param {KeyboardEvent} event */
  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const stops = [this.#input, ...this.querySelectorAll(".dp-name-results li > a")];
    const next = stops[stops.indexOf(/** @type {HTMLAnchorElement} */ (event.target)) + step];
    if (!(next instanceof HTMLElement) || !stops.includes(/** @type {HTMLAnchorElement} */ (event.target))) return;
    event.preventDefault();
    next.focus();
  }
}

/**
 * @param {[string, number, number[]][] & {read?: Author[]}} list as it lies in the file
 * @returns {Author[]} with their words, which are folded once a list
 */
function read(list) {
  list.read ??= list.map(([name, papers, months]) => ({ name, papers, months, words: fold(name).split(" ") }));
  return list.read;
}

/** @param {string} name @param {string} [shown] */
function toName(name, shown = name) {
  return make("a", { href: `#${encodeURIComponent(name)}`, textContent: shown });
}

/**
 * @param {Author[]} authors
 * @returns {Node[]}
 */
function listOf(authors) {
  if (!authors.length) return [];
  const items = authors.map(({ name, papers }) => make("li", {}, toName(name), " ", make("small", { textContent: String(papers) })));
  return [make("ul", { className: "dp-names" }, ...items)];
}

/**
 * @param {Author[]} found
 * @param {Words} words
 * @returns {Node[]} that there are more than are shown
 */
function more(found, words) {
  if (found.length <= SHOWN) return [];
  return [make("p", { textContent: words.text("more_names", { shown: SHOWN }) })];
}

if (!customElements.get("dp-authors")) customElements.define("dp-authors", DpAuthors);
