// <dp-search-page>: the search page. The page's URL contains the query, so that it survives a reload, can be shared, and
// works with the Back button: each choice adds a history entry, typing adds one in total.

import { onLocale } from "../i18n/locale.mjs";
import { getSearchClient } from "./client.mjs";
import { resultCard } from "./result-card.mjs";

/**
 * @typedef {import("../i18n/messages.mjs").Messages} Messages
 * @typedef {import("./result.mjs").Result} Result
 */

const PAGE_SIZE = 10;
const DEBOUNCE_MS = 50;
const FILTERS = ["year", "topic", "org", "code", "video"];
const PARAMETERS = ["q", "sort", ...FILTERS];

class DpSearchPage extends HTMLElement {
  /** @type {Messages | undefined} */
  #messages;
  /** @type {import("./client.mjs").Answer | undefined} */
  #answer;
  /** @type {Result[]} the rendered ones */
  #results = [];
  #timer = 0;
  /** Aborts the running search. */
  #controller = new AbortController();
  /** True while the reader types into the newest history entry. */
  #isTyping = false;
  /** Message key of the status line; "papers" is followed by the number of results. */
  #statusKey = "";

  connectedCallback() {
    for (const type of ["input", "submit", "click"]) this.addEventListener(type, this);
    window.addEventListener("popstate", this);
    this.#readUrl();
    onLocale(this, (messages) => {
      for (const option of this.querySelectorAll("option")) {
        const text = option.dataset.key ? messages.text(option.dataset.key) : option.dataset[messages.language];
        if (text) option.textContent = text;
      }
      const isFirst = !this.#messages;
      this.#messages = messages;
      if (isFirst) this.#search(history.state?.shown);
      else this.#render();
    });
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.type === "popstate") {
      this.#readUrl();
      this.#search(history.state?.shown);
    } else if (event.type === "submit") {
      event.preventDefault();
      this.#isTyping = false;
      this.#update(false);
    } else if (event.type === "input") {
      this.#update(/** @type {HTMLInputElement} */ (target).name === "q");
    } else if (target.closest(".dp-links-nav button")) {
      this.#showMore();
    } else if (target.closest(".dp-status-line button")) {
      for (const name of FILTERS) setValue(this.#control(name), "");
      this.#control("q")?.focus();
      this.#update(false);
    }
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  /** @param {string} name @returns {HTMLInputElement | null} */
  #control(name) {
    return /** @type {HTMLInputElement | null} */ (this.#form.elements.namedItem(name));
  }

  /** Set the controls from the URL. */
  #readUrl() {
    const parameters = new URLSearchParams(location.search);
    for (const name of PARAMETERS) {
      const control = this.#control(name);
      const value = parameters.get(name) ?? "";
      if (!control) continue;
      setValue(control, value);
      // A URL may contain a value without an option, such as an organization with few papers.
      if (control instanceof HTMLSelectElement && value && control.value !== value) control.add(new Option(value, value, true, true));
    }
    this.#isTyping = false;
  }

  /** @returns {Record<string, string>} the controls' values, without empty ones */
  #values() {
    const values = PARAMETERS.map((name) => [name, getValue(this.#control(name))]);
    return Object.fromEntries(values.filter(([, value]) => value));
  }

  /** Write the controls' values to the URL, and search. @param {boolean} isTyped */
  #update(isTyped) {
    const url = new URL(location.href);
    url.search = new URLSearchParams(this.#values()).toString();
    if (url.href !== location.href) {
      if (isTyped && this.#isTyping) history.replaceState(null, "", url);
      else history.pushState(null, "", url);
    }
    this.#isTyping = isTyped;
    clearTimeout(this.#timer);
    if (isTyped) this.#timer = setTimeout(() => this.#search(), DEBOUNCE_MS);
    else this.#search();
  }

  /** @param {number} [count] results to load; after Back as many as before */
  async #search(count = PAGE_SIZE) {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    const { q = "", sort = "", ...filters } = this.#values();
    for (const name of ["code", "video"]) if (filters[name]) filters[name] = "yes";
    const hasQuery = Boolean(q.trim() || Object.keys(filters).length);
    this.classList.toggle("dp-has-query", hasQuery);
    const clear = /** @type {HTMLElement | null} */ (this.querySelector(".dp-status-line button"));
    if (clear) clear.hidden = !Object.keys(filters).length;
    if (!hasQuery) {
      this.#answer = undefined;
      return this.#render([], "");
    }
    this.classList.toggle("dp-loading", !this.#answer);
    this.#statusKey ||= "search_waiting";
    this.#renderStatus();
    try {
      const answer = await (await getSearchClient(this)).search({ q, sort: /** @type {any} */ (sort), filters }, signal);
      const results = await answer.next(count);
      if (signal.aborted) return;
      this.#answer = answer;
      this.#render(results, answer.total ? "papers" : "search_none");
    } catch {
      if (!signal.aborted) this.#render([], "search_failed");
    }
  }

  async #showMore() {
    const { signal } = this.#controller;
    const first = this.#results.length;
    const results = (await this.#answer?.next(PAGE_SIZE)) ?? [];
    if (signal.aborted) return;
    this.#render([...this.#results, ...results]);
    history.replaceState({ shown: this.#results.length }, "");
    /** @type {HTMLElement | null} */ (this.querySelectorAll(".dp-result .dp-title a")[first])?.focus();
  }

  /**
   * @param {Result[]} [results]
   * @param {string} [statusKey]
   */
  #render(results = this.#results, statusKey = this.#statusKey) {
    this.#results = results;
    this.#statusKey = statusKey;
    // Two frames later: showing content in the frame that moves it counts as a layout shift.
    requestAnimationFrame(() => requestAnimationFrame(() => this.classList.remove("dp-loading")));
    const messages = this.#messages;
    if (!messages) return;
    const words = this.#answer?.words ?? [];
    this.querySelector(".dp-papers")?.replaceChildren(...results.map((paper) => resultCard(paper, words, this, messages)));
    const more = this.querySelector(".dp-links-nav button");
    if (more) /** @type {HTMLElement} */ (more).hidden = results.length >= (this.#answer?.total ?? 0);
    this.#renderStatus();
  }

  #renderStatus() {
    const output = this.querySelector("output");
    if (!output || !this.#messages) return;
    const key = this.#statusKey;
    output.textContent = key === "papers" ? this.#messages.count("papers", this.#answer?.total ?? 0) : key && this.#messages.text(key);
  }
}

/**
 * @param {HTMLInputElement | null} control
 * @param {string} value empty to unset
 */
function setValue(control, value) {
  if (control?.type === "checkbox") control.checked = Boolean(value);
  else if (control) control.value = value;
}

/** @param {HTMLInputElement | null} control */
function getValue(control) {
  if (!control) return "";
  if (control.type === "checkbox") return control.checked ? "1" : "";
  return control.value.trim();
}

if (!customElements.get("dp-search-page")) customElements.define("dp-search-page", DpSearchPage);
