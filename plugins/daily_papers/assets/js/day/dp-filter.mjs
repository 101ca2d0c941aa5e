// <dp-filter>: which papers of the day are shown, and in which order. The choice stands in the page's address, so that it
// survives a reload, can be sent, and is undone by the Back button: each choice is a step back, typing is one in all.

import { watchAddress } from "../lib/location-hash.mjs";
import { comparator, demands, describe, EVERYTHING, parse, predicate, serialise } from "../lib/paper-filter.mjs";
import { keeper } from "../library/store.mjs";
import { language, speak } from "../i18n/locale.mjs";

/** @typedef {import("../lib/paper-filter.mjs").Choice} Choice */
/** @typedef {import("../lib/paper-filter.mjs").Paper} Paper */

const TYPED = new Set(["q", "not", "votes"]);

class DpFilter extends HTMLElement {
  /** @type {Map<HTMLElement, Paper>} the articles in the page's own order */
  #papers = new Map();
  /** @type {Choice} */
  #choice = EVERYTHING;
  /** The control whose typing the newest entry of the history holds. */
  #typing = "";
  /** @type {import("../i18n/messages.mjs").Words | undefined} until they have come */
  #words;

  connectedCallback() {
    this.#papers = papersOf(this.#list);
    for (const name of /** @type {const} */ (["topic", "org"])) fillSelect(this.#control(name), namesOf(name, this.#papers));
    for (const type of ["input", "click"]) this.addEventListener(type, this);
    this.#nothing?.addEventListener("click", this);
    watchAddress(this, "popstate", () => this.#read());
    this.#read();
    speak(this, (words) => {
      for (const option of this.querySelectorAll("option")) {
        const { key, names } = option.dataset;
        if (key) option.textContent = words.text(key);
        else if (names) option.textContent = JSON.parse(names)[words.language] ?? option.textContent;
      }
      this.#words = words;
      this.#tell();
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.type === "input") return this.#take(/** @type {HTMLInputElement} */ (target).name);
    const button = target.closest("button");
    if (button?.value === "clear") this.#clear();
    else if (button?.hasAttribute("aria-expanded")) this.#open(this.#form.hidden);
  }

  get #list() {
    return /** @type {HTMLElement} */ (this.closest(".dp")?.querySelector(".dp-papers"));
  }

  get #form() {
    return /** @type {HTMLElement} */ (this.querySelector(".dp-form"));
  }

  get #nothing() {
    return /** @type {HTMLElement | null} */ (this.closest(".dp")?.querySelector(".dp-no-results") ?? null);
  }

  /**
   * @param {string} name
   * @returns {any} an input or a select
   */
  #control(name) {
    return this.querySelector(`[name="${name}"]`);
  }

  /** Show the form, and the way into it. */
  find() {
    this.#open(true);
    this.#control("q").focus();
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.#form.hidden = !isOpen;
    this.querySelector("button[aria-expanded]")?.setAttribute("aria-expanded", String(isOpen));
  }

  /** Take the choice from the address. */
  #read() {
    this.#typing = "";
    this.#choice = parse(new URLSearchParams(location.search));
    for (const [name, value] of Object.entries(this.#choice)) {
      const control = this.#control(name);
      if (control.type === "checkbox") control.checked = value;
      else control.value = value || "";
      // A topic or an organization that no paper here has is still asked for.
      if (value && control instanceof HTMLSelectElement && !control.value) this.#add(control, String(value));
    }
    if (demands(this.#choice)) this.#open(true);
    this.#apply();
    delete document.documentElement.dataset.dpFilterPending;
  }

  /** Offer what no paper here has, by the name that is known of it. @param {HTMLSelectElement} select @param {string} slug */
  async #add(select, slug) {
    const { filters } = keeper.library.follows;
    const org = select.name === "org" && filters.find(({ query }) => new URLSearchParams(query).get("org") === slug)?.org;
    const option = new Option(org || slug, slug, true, true);
    select.add(option);
    if (select.name !== "topic") return;
    const { load } = await import("../lib/fetch-json.mjs");
    const names = await load(new URL("../../../../topics.json", import.meta.url).href).catch(() => ({}));
    if (!Object.hasOwn(names, slug)) return;
    option.dataset.names = JSON.stringify(names[slug]);
    option.textContent = names[slug][language()] ?? slug;
    this.#tell();
  }

  /** Take the choice from the controls, and put it into the address. @param {string} name of the control that was used */
  #take(name) {
    const asked = Object.keys(EVERYTHING).map((key) => {
      const control = this.#control(key);
      return [key, control.type === "checkbox" ? String(Number(control.checked)) : control.value];
    });
    this.#choose(parse(new URLSearchParams(asked)), TYPED.has(name) ? name : "");
  }

  #clear() {
    this.#choose({ ...EVERYTHING, sort: this.#choice.sort }, "");
    this.#read();
    this.#open(true);
    this.#control("q").focus();
  }

  /**
   * @param {Choice} choice
   * @param {string} typing the control that is typed in
   */
  #choose(choice, typing) {
    this.#choice = choice;
    const query = serialise(choice, new URLSearchParams(location.search)).toString();
    const address = `${location.pathname}${query && `?${query}`}${location.hash}`;
    if (typing && typing === this.#typing) history.replaceState(history.state, "", address);
    else if (address !== location.pathname + location.search + location.hash) history.pushState(history.state, "", address);
    this.#typing = typing;
    this.#apply();
  }

  #apply() {
    const fits = predicate(this.#choice);
    for (const [article, paper] of this.#papers) article.hidden = !fits(paper);
    const compare = comparator(this.#choice.sort);
    const order = [...this.#papers].sort(([, one], [, other]) => compare(one, other)).map(([article]) => article);
    // Moving an article stops its film and loses the place in it: only where the order is another.
    if (order.some((article, at) => this.#list.children[at] !== article)) this.#list.append(...order);
    this.#list.classList.toggle("dp-filtered", demands(this.#choice) > 0);
    this.#tell();
  }

  /** Say how many are shown, and what to do where none is. */
  #tell() {
    const all = this.#papers.size;
    const count = [...this.#papers.keys()].filter((article) => !article.hidden).length;
    const asked = demands(this.#choice);
    const said = /** @type {HTMLElement} */ (this.querySelector("output"));
    const text = asked && this.#words ? this.#words.text("shown_of", { count, total: all }) : "";
    if (said.textContent !== text) said.textContent = text;
    for (const button of this.querySelectorAll('button[value="clear"]')) /** @type {HTMLElement} */ (button).hidden = !asked || !this.#words;
    this.#offer(asked > 0);
    this.querySelector("button[aria-expanded]")?.classList.toggle("dp-active", asked > 0);
    if (this.#nothing) this.#nothing.hidden = count > 0;
  }

  /** Let the reader follow what is asked for. @param {boolean} isAsked */
  #offer(isAsked) {
    const follow = /** @type {HTMLElement} */ (this.querySelector("dp-follow"));
    const [topic, org] = ["topic", "org"].map((name) => this.#control(name).selectedOptions[0]?.textContent ?? "");
    follow.dataset.name = isAsked && this.#words ? describe(this.#choice, this.#words, { topic, org }) : "";
    // Only a name: the slug stands in the query, and is not to take the place of a name that is kept.
    follow.dataset.org = this.#choice.org && org !== this.#choice.org ? org : "";
    follow.dataset.query = isAsked ? serialise({ ...this.#choice, sort: EVERYTHING.sort }, new URLSearchParams()).toString() : "";
  }
}

/**
 * @param {HTMLElement} list
 * @returns {Map<HTMLElement, Paper>} in the order the page was made in, whatever it is now
 */
function papersOf(list) {
  const articles = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("article[id]")]);
  const papers = articles.map((article, order) => {
    const { votes, rise, place, topics, org } = article.dataset;
    /** @type {string | undefined} */
    let text;
    /** @type {Paper} */
    const paper = {
      topics: topics?.split(" ") ?? [],
      org: org ?? "",
      code: article.querySelector(".dp-has-code") !== null,
      video: article.querySelector(".dp-has-video") !== null,
      votes: Number(votes),
      rise: Number(rise),
      place: Number(place),
      order: Number((article.dataset.order ??= String(order))),
      text: () => (text ??= textOf(article)),
    };
    return /** @type {const} */ ([article, paper]);
  });
  return new Map(papers.sort(([, one], [, other]) => one.order - other.order));
}

/** @param {Element} article @returns {string} what strangers wrote in it, without the words of the interface */
function textOf(article) {
  const texts = [];
  for (const part of article.querySelectorAll(".dp-title [lang], .dp-authors, .dp-bullets, .dp-abstract, .dp-keywords")) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement?.closest("dp-w, .dp-expand")) texts.push(walker.currentNode.nodeValue);
    }
    texts.push("\n");
  }
  return texts.join("");
}

/**
 * @param {"topic" | "org"} kind
 * @param {Map<HTMLElement, Paper>} papers
 * @returns {Map<string, Element>} what the page calls each topic or organization, by slug
 */
function namesOf(kind, papers) {
  const names = new Map();
  for (const [article, paper] of papers) {
    const links = article.querySelectorAll(kind === "topic" ? ".dp-topics a" : ".dp-org");
    const slugs = kind === "topic" ? paper.topics : [paper.org];
    links.forEach((link, at) => slugs[at] && !names.has(slugs[at]) && names.set(slugs[at], link));
  }
  return names;
}

/**
 * Offer each of `names`; where there is none the whole control goes.
 * @param {HTMLSelectElement} select
 * @param {Map<string, Element>} names
 */
function fillSelect(select, names) {
  const options = [...names].map(([slug, link]) => {
    const option = new Option(link.textContent ?? slug, slug);
    const words = /** @type {HTMLElement[]} */ ([...link.querySelectorAll("dp-w")]);
    if (words.length) {
      const said = Object.fromEntries(words.map((word) => [word.lang, word.textContent ?? ""]));
      option.dataset.names = JSON.stringify(said);
      option.textContent = said[language()] ?? words[0].textContent;
    }
    return option;
  });
  options.sort((one, other) => one.text.localeCompare(other.text));
  select.replaceChildren(select.options[0], ...options);
  /** @type {HTMLElement} */ (select.parentElement).hidden = !options.length;
}

if (!customElements.get("dp-filter")) customElements.define("dp-filter", DpFilter);
