// <dp-search-page>: the search page. The query stands in the page's address, so that it survives a reload, can be sent, and is
// undone by the Back button: each choice is a step back, typing is one in all.

import { card } from "./result-card.mjs";
import { engineOf } from "./client.mjs";
import { speak } from "../i18n/locale.mjs";

/** @typedef {import("../i18n/messages.mjs").Words} Words */

const AT_ONCE = 10;
const PAUSE_MS = 50;
const FILTERS = ["year", "topic", "org", "code", "video"];
const CHOICES = ["q", "sort", ...FILTERS];

class DpFinder extends HTMLElement {
  /** @type {Words | undefined} */
  #words;
  /** @type {import("./client.mjs").Answer | undefined} */
  #answer;
  /** @type {import("./result.mjs").Found[]} what is shown of it */
  #shown = [];
  #pause = 0;
  /** Ends what is looked for. */
  #search = new AbortController();
  /** Whether the newest entry of the history is still being typed. */
  #typing = false;
  /** The key of what is told beside a number. */
  #told = "";

  connectedCallback() {
    for (const type of ["input", "submit", "click"]) this.addEventListener(type, this);
    window.addEventListener("popstate", this);
    this.#read();
    speak(this, (words) => {
      for (const option of this.querySelectorAll("option")) {
        const said = option.dataset.key ? words.text(option.dataset.key) : option.dataset[words.language];
        if (said) option.textContent = said;
      }
      const isFirst = !this.#words;
      this.#words = words;
      if (isFirst) this.#find(history.state?.shown);
      else this.#draw();
    });
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.type === "popstate") {
      this.#read();
      this.#find(history.state?.shown);
    } else if (event.type === "submit") {
      event.preventDefault();
      this.#typing = false;
      this.#take(false);
    } else if (event.type === "input") {
      this.#take(/** @type {HTMLInputElement} */ (target).name === "q");
    } else if (target.closest(".dp-links-nav button")) {
      this.#more();
    } else if (target.closest(".dp-status-line button")) {
      for (const name of FILTERS) setTo(this.#control(name), "");
      this.#control("q")?.focus();
      this.#take(false);
    }
  }

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  /** @param {string} name @returns {HTMLInputElement | null} */
  #control(name) {
    return /** @type {HTMLInputElement | null} */ (this.#form.elements.namedItem(name));
  }

  /** Set the controls to what the address says. */
  #read() {
    const asked = new URLSearchParams(location.search);
    for (const name of CHOICES) {
      const control = this.#control(name);
      const value = asked.get(name) ?? "";
      if (!control) continue;
      setTo(control, value);
      // An address may name what there is no choice of: an organization of few papers.
      if (control instanceof HTMLSelectElement && value && control.value !== value) control.add(new Option(value, value, true, true));
    }
    this.#typing = false;
  }

  /** @returns {Record<string, string>} what the controls say, without what is not chosen */
  #choices() {
    const said = CHOICES.map((name) => [name, valueOf(this.#control(name))]);
    return Object.fromEntries(said.filter(([, value]) => value));
  }

  /** Keep in the address what the controls say, and look for it. @param {boolean} isTyped */
  #take(isTyped) {
    const address = new URL(location.href);
    address.search = new URLSearchParams(this.#choices()).toString();
    if (address.href !== location.href) {
      if (isTyped && this.#typing) history.replaceState(null, "", address);
      else history.pushState(null, "", address);
    }
    this.#typing = isTyped;
    clearTimeout(this.#pause);
    if (isTyped) this.#pause = setTimeout(() => this.#find(), PAUSE_MS);
    else this.#find();
  }

  /** @param {number} [atOnce] how many to show: after a step back as many as there were */
  async #find(atOnce = AT_ONCE) {
    this.#search.abort();
    const { signal } = (this.#search = new AbortController());
    const { q = "", sort = "", ...filters } = this.#choices();
    for (const name of ["code", "video"]) if (filters[name]) filters[name] = "yes";
    const isAsked = Boolean(q.trim() || Object.keys(filters).length);
    this.classList.toggle("dp-has-query", isAsked);
    const clear = /** @type {HTMLElement | null} */ (this.querySelector(".dp-status-line button"));
    if (clear) clear.hidden = !Object.keys(filters).length;
    if (!isAsked) {
      this.#answer = undefined;
      return this.#draw([], "");
    }
    this.classList.toggle("dp-loading", !this.#answer);
    this.#told ||= "search_waiting";
    this.#tell();
    try {
      const answer = await (await engineOf(this)).find({ q, sort: /** @type {any} */ (sort), filters }, signal);
      const shown = await answer.next(atOnce);
      if (signal.aborted) return;
      this.#answer = answer;
      this.#draw(shown, answer.total ? "papers" : "search_none");
    } catch {
      if (!signal.aborted) this.#draw([], "search_failed");
    }
  }

  async #more() {
    const { signal } = this.#search;
    const first = this.#shown.length;
    const shown = (await this.#answer?.next(AT_ONCE)) ?? [];
    if (signal.aborted) return;
    this.#draw([...this.#shown, ...shown]);
    history.replaceState({ shown: this.#shown.length }, "");
    /** @type {HTMLElement | null} */ (this.querySelectorAll(".dp-result .dp-title a")[first])?.focus();
  }

  /**
   * @param {import("./result.mjs").Found[]} [shown]
   * @param {string} [told]
   */
  #draw(shown = this.#shown, told = this.#told) {
    this.#shown = shown;
    this.#told = told;
    // What is shown again in the frame it has moved in counts as seen to move.
    requestAnimationFrame(() => requestAnimationFrame(() => this.classList.remove("dp-loading")));
    const words = this.#words;
    if (!words) return;
    const looked = this.#answer?.words ?? [];
    this.querySelector(".dp-papers")?.replaceChildren(...shown.map((paper) => card(paper, looked, this, words)));
    const button = this.querySelector(".dp-links-nav button");
    if (button) /** @type {HTMLElement} */ (button).hidden = shown.length >= (this.#answer?.total ?? 0);
    this.#tell();
  }

  #tell() {
    const output = this.querySelector("output");
    if (!output || !this.#words) return;
    output.textContent = this.#told === "papers" ? this.#words.count("papers", this.#answer?.total ?? 0) : this.#told && this.#words.text(this.#told);
  }
}

/**
 * @param {HTMLInputElement | null} control
 * @param {string} value empty: not chosen
 */
function setTo(control, value) {
  if (control?.type === "checkbox") control.checked = Boolean(value);
  else if (control) control.value = value;
}

/** @param {HTMLInputElement | null} control */
function valueOf(control) {
  if (!control) return "";
  if (control.type === "checkbox") return control.checked ? "1" : "";
  return control.value.trim();
}

if (!customElements.get("dp-search-page")) customElements.define("dp-search-page", DpFinder);
