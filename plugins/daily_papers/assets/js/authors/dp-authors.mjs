// <dp-authors>: search for author names as the reader types, and the papers of a chosen name. The URL contains the text as
// ?q= and the chosen name as fragment. Shards of names and months of papers are loaded on demand.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { fetchJson } from "../lib/fetch-json.mjs";
import { hashValue, onNavigation } from "../lib/location-hash.mjs";
import { foldName, nameWords, rank, shardFile, smallestShards } from "./name-index.mjs";

/** @typedef {import("./name-index.mjs").Author} Author */
/** @typedef {import("../i18n/messages.mjs").Messages} Messages */
/** @typedef {{id: string, date: string, title: string, authors?: string[], votes?: number}} Paper of a month's file */
/** @typedef {(messages: Messages) => [string, ...Node[]]} View gives the status text and the results */

const MAX_NAMES = 50;
const DEBOUNCE_MS = 120;

class DpAuthors extends HTMLElement {
  /** @type {Messages | undefined} */
  #messages;
  /** @type {View} */
  #view = () => [""];
  /** Number of the latest request: responses to earlier ones are dropped. */
  #request = 0;
  #chosenName = "";
  #timer = 0;

  connectedCallback() {
    for (const name of this.querySelectorAll(".dp-most-listed li > span")) {
      if (!(name instanceof HTMLElement)) continue;
      const text = name.textContent ?? "";
      name.replaceWith(nameLink(name.dataset.name ?? text, text));
    }
    this.#input.value ||= new URLSearchParams(location.search).get("q") ?? "";
    this.addEventListener("input", this);
    this.addEventListener("keydown", this);
    onNavigation(this, "hashchange", () => this.#openUrl(true));
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#render();
    });
    this.#openUrl(false);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event instanceof KeyboardEvent) this.#moveFocus(event);
    else this.#update();
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** Search for the typed text, and drop the chosen name. */
  #update() {
    const url = new URL(location.href);
    const typed = this.#input.value;
    if (typed.trim()) url.searchParams.set("q", typed);
    else url.searchParams.delete("q");
    url.hash = "";
    history.replaceState(history.state, "", url.href.replace(/#$/, ""));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), DEBOUNCE_MS);
  }

  /** Show the view that the URL names. @param {boolean} moveFocus true after a navigation by the reader */
  async #openUrl(moveFocus) {
    const [name, previous] = [hashValue(), this.#chosenName];
    this.#chosenName = name;
    await (name ? this.#choose(name) : this.#search());
    if (!moveFocus) return;
    const targets = /** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll(name ? "h2" : "li > a[href^='#']"));
    const target = name ? targets[0] : [...targets].find((link) => decodeURIComponent(link.hash.slice(1)) === previous);
    (target ?? this.#focusableInput)?.focus();
  }

  /** The field, except on touch screens: focus would open a keyboard over the page. */
  get #focusableInput() {
    return matchMedia("(pointer: coarse)").matches ? undefined : this.#input;
  }

  async #search() {
    const request = ++this.#request;
    const typed = nameWords(this.#input.value);
    this.classList.toggle("dp-has-query", typed.length > 0);
    if (!typed.length) return this.#render(() => [""]);
    await this.#show(request, async () => {
      const authors = await this.#loadAuthors(typed);
      if (!authors) return (messages) => [messages.text("type_on")];
      const found = rank(typed, authors);
      return (messages) => [messages.count("names", found.length), ...nameList(found.slice(0, MAX_NAMES)), ...moreNote(found, messages)];
    });
  }

  /** Show the papers of an author. @param {string} name */
  async #choose(name) {
    const request = ++this.#request;
    this.classList.add("dp-has-query");
    await this.#show(request, async () => {
      const author = (await this.#loadAuthors(nameWords(name)))?.find((one) => one.name === name);
      if (!author) return (messages) => [messages.text("no_such_name", { name })];
      const months = await Promise.all(author.months.map((month) => this.#loadMonth(month)));
      const papers = months.flatMap((month) => month.filter((paper) => paper.authors?.includes(name)).reverse());
      return (messages) => [messages.count("papers", papers.length), this.#heading(name, messages), this.#papers(papers, messages)];
    });
  }

  /**
   * @param {number} request
   * @param {() => Promise<View>} load
   */
  async #show(request, load) {
    /** @type {View} */
    let view;
    try {
      view = await load();
    } catch {
      view = (messages) => [messages.text("not_loaded")];
    }
    if (request === this.#request) this.#render(view);
  }

  /**
   * @param {string[]} typed
   * @returns {Promise<Author[] | undefined>} a superset of the matching authors; undefined if there are too many to load
   */
  async #loadAuthors(typed) {
    const folder = `${this.dataset.archive}authors/`;
    const keys = smallestShards(typed, await fetchJson(`${folder}names.json`));
    if (!keys) return undefined;
    const shards = await Promise.all(keys.map((key) => fetchJson(folder + shardFile(key)).then(toAuthors)));
    return [...new Map(shards.flat().map((author) => [author.name, author])).values()];
  }

  /**
   * @param {number} month as 202403
   * @returns {Promise<Paper[]>} oldest date first
   */
  async #loadMonth(month) {
    const stem = `${Math.floor(month / 100)}/${String(month % 100).padStart(2, "0")}`;
    return (await fetchJson(`${this.dataset.archive}${stem}.json`)).papers;
  }

  /**
   * @param {string} name
   * @param {Messages} messages
   */
  #heading(name, messages) {
    const heading = element("h2", { tabIndex: -1, textContent: name });
    const follow = element("dp-follow", { data: { author: name } });
    const back = this.#input.value.trim() ? [element("a", { href: "#", textContent: messages.text("back_to_names") })] : [];
    return element("div", { className: "dp-bar" }, heading, follow, ...back);
  }

  /**
   * @param {Paper[]} papers newest first
   * @param {Messages} messages
   */
  #papers(papers, messages) {
    const items = papers.map(({ id, date, title, votes }) => {
      const href = `${this.dataset.archive}${date.replaceAll("-", "/")}${this.dataset.urlSuffix}#${id}`;
      const facts = [messages.date(date, "plain"), ...(votes === undefined ? [] : [messages.count("votes", votes)])];
      const small = element("small", { textContent: facts.join(" · ") });
      return element("li", {}, element("a", { href, lang: "en", textContent: title }), small);
    });
    return element("ul", { className: "dp-author-papers" }, ...items);
  }

  /** @param {View} [view] */
  #render(view = this.#view) {
    this.#view = view;
    if (!this.#messages) return;
    const [status, ...nodes] = view(this.#messages);
    const output = this.querySelector("output");
    if (output) output.textContent = status;
    const results = this.querySelector(".dp-name-results");
    const hadFocus = results?.contains(document.activeElement);
    results?.replaceChildren(...nodes);
    if (hadFocus) (results?.querySelector("h2") ?? this.#focusableInput)?.focus();
  }

  /** Move between the field and the names with the arrow keys. @param {KeyboardEvent} event */
  #moveFocus(event) {
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
 * @param {[string, number, number[]][] & {authors?: Author[]}} shard as stored: name, number of papers, months
 * @returns {Author[]} cached on the shard, so that names are folded once
 */
function toAuthors(shard) {
  shard.authors ??= shard.map(([name, papers, months]) => ({ name, papers, months, words: foldName(name).split(" ") }));
  return shard.authors;
}

/** @param {string} name @param {string} [text] */
function nameLink(name, text = name) {
  return element("a", { href: `#${encodeURIComponent(name)}`, textContent: text });
}

/**
 * @param {Author[]} authors
 * @returns {Node[]}
 */
function nameList(authors) {
  if (!authors.length) return [];
  const items = authors.map(({ name, papers }) => {
    return element("li", {}, nameLink(name), " ", element("small", { textContent: String(papers) }));
  });
  return [element("ul", { className: "dp-names" }, ...items)];
}

/**
 * @param {Author[]} found
 * @param {Messages} messages
 * @returns {Node[]} a note if not all names are shown
 */
function moreNote(found, messages) {
  if (found.length <= MAX_NAMES) return [];
  return [element("p", { textContent: messages.text("more_names", { shown: MAX_NAMES }) })];
}

if (!customElements.get("dp-authors")) customElements.define("dp-authors", DpAuthors);
