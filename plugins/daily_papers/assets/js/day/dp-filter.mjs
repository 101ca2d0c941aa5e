// <dp-filter>: filter and sort order of a day's papers. The page's URL contains the criteria, so that they survive a reload,
// can be shared, and work with the Back button: each choice adds a history entry, typing adds one in total.

import { language, onLocale } from "../i18n/locale.mjs";
import { onNavigation } from "../lib/location-hash.mjs";
import { comparator, countActive, DEFAULTS, describe, parse, predicate, serialize } from "../lib/paper-filter.mjs";
import { store } from "../library/store.mjs";

/** @typedef {import("../lib/paper-filter.mjs").Criteria} Criteria */
/** @typedef {import("../lib/paper-filter.mjs").Paper} Paper */

const TYPED = new Set(["q", "not", "votes"]);

class DpFilter extends HTMLElement {
  /** @type {Map<HTMLElement, Paper>} articles in the order of the page as built */
  #papers = new Map();
  /** @type {Criteria} */
  #criteria = DEFAULTS;
  /** Name of the control whose typing created the newest history entry. */
  #typing = "";
  /** @type {import("../i18n/messages.mjs").Messages | undefined} */
  #messages;

  connectedCallback() {
    this.#papers = papersOf(this.#list);
    for (const name of /** @type {const} */ (["topic", "org"])) fillSelect(this.#control(name), linksOf(name, this.#papers));
    for (const type of ["input", "click"]) this.addEventListener(type, this);
    this.#noResults?.addEventListener("click", this);
    onNavigation(this, "popstate", () => this.#readUrl());
    this.#readUrl();
    onLocale(this, (messages) => {
      for (const option of this.querySelectorAll("option")) {
        const { key, names } = option.dataset;
        if (key) option.textContent = messages.text(key);
        else if (names) option.textContent = JSON.parse(names)[messages.language] ?? option.textContent;
      }
      this.#messages = messages;
      this.#renderStatus();
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.type === "input") return this.#readControls(/** @type {HTMLInputElement} */ (target).name);
    const button = target.closest("button");
    if (button?.value === "clear") this.#clear();
    else if (button?.hasAttribute("aria-expanded")) this.#toggle(this.#form.hidden);
  }

  get #list() {
    return /** @type {HTMLElement} */ (this.closest(".dp")?.querySelector(".dp-papers"));
  }

  get #form() {
    return /** @type {HTMLElement} */ (this.querySelector(".dp-form"));
  }

  get #noResults() {
    return /** @type {HTMLElement | null} */ (this.closest(".dp")?.querySelector(".dp-no-results") ?? null);
  }

  /**
   * @param {string} name
   * @returns {any} an input or a select
   */
  #control(name) {
    return this.querySelector(`[name="${name}"]`);
  }

  /** Open the form with the focus in its first field. */
  focusSearch() {
    this.#toggle(true);
    this.#control("q").focus();
  }

  /** @param {boolean} isOpen */
  #toggle(isOpen) {
    this.#form.hidden = !isOpen;
    this.querySelector("button[aria-expanded]")?.setAttribute("aria-expanded", String(isOpen));
  }

  /** Set the controls from the URL, and apply the criteria. */
  #readUrl() {
    this.#typing = "";
    this.#criteria = parse(new URLSearchParams(location.search));
    for (const [name, value] of Object.entries(this.#criteria)) {
      const control = this.#control(name);
      if (control.type === "checkbox") control.checked = value;
      else control.value = value || "";
      // The URL may name a topic or an organization that no paper of this day has.
      if (value && control instanceof HTMLSelectElement && !control.value) this.#addOption(control, String(value));
    }
    if (countActive(this.#criteria)) this.#toggle(true);
    this.#apply();
    delete document.documentElement.dataset.dpFilterPending;
  }

  /** Add and select an option that no paper of this day has. @param {HTMLSelectElement} select @param {string} slug */
  async #addOption(select, slug) {
    const { filters } = store.library.follows;
    const org = select.name === "org" && filters.find(({ query }) => new URLSearchParams(query).get("org") === slug)?.org;
    const option = new Option(org || slug, slug, true, true);
    select.add(option);
    if (select.name !== "topic") return;
    const { fetchJson } = await import("../lib/fetch-json.mjs");
    const names = await fetchJson(new URL("../../../../topics.json", import.meta.url).href).catch(() => ({}));
    if (!Object.hasOwn(names, slug)) return;
    option.dataset.names = JSON.stringify(names[slug]);
    option.textContent = names[slug][language()] ?? slug;
    this.#renderStatus();
  }

  /** @param {string} name of the changed control */
  #readControls(name) {
    const values = Object.keys(DEFAULTS).map((key) => {
      const control = this.#control(key);
      return [key, control.type === "checkbox" ? String(Number(control.checked)) : control.value];
    });
    this.#update(parse(new URLSearchParams(values)), TYPED.has(name) ? name : "");
  }

  #clear() {
    this.#update({ ...DEFAULTS, sort: this.#criteria.sort }, "");
    this.#readUrl();
    this.#toggle(true);
    this.#control("q").focus();
  }

  /**
   * Write the criteria to the URL, and apply them.
   * @param {Criteria} criteria
   * @param {string} typing name of the control that the reader types into, or ""
   */
  #update(criteria, typing) {
    this.#criteria = criteria;
    const query = serialize(criteria, new URLSearchParams(location.search)).toString();
    const url = `${location.pathname}${query && `?${query}`}${location.hash}`;
    if (typing && typing === this.#typing) history.replaceState(history.state, "", url);
    else if (url !== location.pathname + location.search + location.hash) history.pushState(history.state, "", url);
    this.#typing = typing;
    this.#apply();
  }

  #apply() {
    const isMatch = predicate(this.#criteria);
    for (const [article, paper] of this.#papers) article.hidden = !isMatch(paper);
    const compare = comparator(this.#criteria.sort);
    const order = [...this.#papers].sort(([, one], [, other]) => compare(one, other)).map(([article]) => article);
    // Moving an article stops its video and resets its scroll position, so move only if the order changed.
    if (order.some((article, at) => this.#list.children[at] !== article)) this.#list.append(...order);
    this.#list.classList.toggle("dp-filtered", countActive(this.#criteria) > 0);
    this.#renderStatus();
  }

  #renderStatus() {
    const total = this.#papers.size;
    const count = [...this.#papers.keys()].filter((article) => !article.hidden).length;
    const active = countActive(this.#criteria);
    const output = /** @type {HTMLElement} */ (this.querySelector("output"));
    const text = active && this.#messages ? this.#messages.text("shown_of", { count, total }) : "";
    if (output.textContent !== text) output.textContent = text;
    for (const button of this.querySelectorAll('button[value="clear"]')) /** @type {HTMLElement} */ (button).hidden = !active || !this.#messages;
    this.#updateFollow(active > 0);
    this.querySelector("button[aria-expanded]")?.classList.toggle("dp-active", active > 0);
    if (this.#noResults) this.#noResults.hidden = count > 0;
  }

  /** Let the reader follow the current criteria. @param {boolean} isActive */
  #updateFollow(isActive) {
    const follow = /** @type {HTMLElement} */ (this.querySelector("dp-follow"));
    const [topic, org] = ["topic", "org"].map((name) => this.#control(name).selectedOptions[0]?.textContent ?? "");
    follow.dataset.name = isActive && this.#messages ? describe(this.#criteria, this.#messages, { topic, org }) : "";
    // An unknown organization is shown by its slug: that must not replace a stored name.
    follow.dataset.org = this.#criteria.org && org !== this.#criteria.org ? org : "";
    follow.dataset.query = isActive ? serialize({ ...this.#criteria, sort: DEFAULTS.sort }, new URLSearchParams()).toString() : "";
  }
}

/**
 * @param {HTMLElement} list
 * @returns {Map<HTMLElement, Paper>} in the order of the page as built, whatever the current order
 */
function papersOf(list) {
  const articles = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("article[id]")]);
  const papers = articles.map((article, order) => {
    const { votes, rise, position, topics, org } = article.dataset;
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
      position: Number(position),
      order: Number((article.dataset.order ??= String(order))),
      text: () => (text ??= textOf(article)),
    };
    return /** @type {const} */ ([article, paper]);
  });
  return new Map(papers.sort(([, one], [, other]) => one.order - other.order));
}

/** @param {Element} article @returns {string} the paper's own texts, without those of the interface */
function textOf(article) {
  const texts = [];
  for (const part of article.querySelectorAll(".dp-title [lang], .dp-authors, .dp-gist, .dp-bullets")) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement?.closest("dp-w, .dp-more-authors")) texts.push(walker.currentNode.nodeValue);
    }
    texts.push("\n");
  }
  return texts.join("");
}

/**
 * @param {"topic" | "org"} kind
 * @param {Map<HTMLElement, Paper>} papers
 * @returns {Map<string, Element>} a link with the name of each topic or organization, by slug
 */
function linksOf(kind, papers) {
  const found = new Map();
  for (const [article, paper] of papers) {
    const links = article.querySelectorAll(kind === "topic" ? ".dp-topics a" : ".dp-org");
    const slugs = kind === "topic" ? paper.topics : [paper.org];
    links.forEach((link, at) => slugs[at] && !found.has(slugs[at]) && found.set(slugs[at], link));
  }
  return found;
}

/**
 * Add an option for each link; without any, hide the select and its label.
 * @param {HTMLSelectElement} select
 * @param {Map<string, Element>} links by slug
 */
function fillSelect(select, links) {
  const options = [...links].map(([slug, link]) => {
    const option = new Option(link.textContent ?? slug, slug);
    const translations = /** @type {HTMLElement[]} */ ([...link.querySelectorAll("dp-w")]);
    if (translations.length) {
      const names = Object.fromEntries(translations.map((one) => [one.lang, one.textContent ?? ""]));
      option.dataset.names = JSON.stringify(names);
      option.textContent = names[language()] ?? translations[0].textContent;
    }
    return option;
  });
  options.sort((one, other) => one.text.localeCompare(other.text));
  select.replaceChildren(select.options[0], ...options);
  /** @type {HTMLElement} */ (select.parentElement).hidden = !options.length;
}

if (!customElements.get("dp-filter")) customElements.define("dp-filter", DpFilter);
