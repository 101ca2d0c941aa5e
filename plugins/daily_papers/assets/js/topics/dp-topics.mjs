// <dp-topics>: chosen topics together, any or all of them, below the list of all topics. What is chosen stands in the
// address, so that it can be sent on; the papers of a topic are loaded when it is chosen.

import { watchAddress } from "../lib/location-hash.mjs";
import { load } from "../lib/fetch-json.mjs";
import { combine } from "./combine.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

const SHOWN = 100;

/** @typedef {import("./combine.mjs").Listed} Listed */

class DpTopics extends HTMLElement {
  #all = false;
  /** @type {"votes" | "date"} */
  #order = "votes";
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  #tools = make("div", { className: "dp-tools", hidden: true });
  #list = make("ol", { className: "dp-topic-papers" });

  connectedCallback() {
    this.append(this.#tools, this.#list);
    this.addEventListener("change", this);
    this.addEventListener("click", this);
    this.#read();
    watchAddress(this, "popstate", () => this.#read());
    speak(this, (words) => {
      this.#words = words;
      this.#say(words);
      this.#show();
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target;
    if (event.type === "click") {
      if (target instanceof HTMLButtonElement) this.#press(target.value);
    } else {
      this.#changed();
    }
  }

  /** @param {string} value */
  #press(value) {
    if (value === "clear") {
      for (const box of this.#boxes()) box.checked = false;
      this.#all = false;
      this.#order = "votes";
      this.#boxes()[0]?.focus({ preventScroll: true });
    } else if (value === "any" || value === "all") this.#all = value === "all";
    else if (value === "votes" || value === "date") this.#order = value;
    this.#changed();
  }

  #changed() {
    const query = new URLSearchParams(this.#chosen().map((slug) => ["topic", slug]));
    if (this.#all) query.set("all", "1");
    if (this.#order === "date") query.set("sort", "date");
    history.replaceState(history.state, "", String(query) ? `?${query}` : location.pathname);
    this.#show();
  }

  /** Take over what stands in the address. */
  #read() {
    const query = new URLSearchParams(location.search);
    const chosen = query.getAll("topic");
    for (const box of this.#boxes()) box.checked = chosen.includes(box.value);
    this.#all = query.has("all");
    this.#order = query.get("sort") === "date" ? "date" : "votes";
    this.#show();
  }

  async #show() {
    const chosen = this.#chosen();
    const words = this.#words;
    this.#tools.hidden = !chosen.length;
    if (!words || !chosen.length) return this.#list.replaceChildren();
    /** @type {Listed[]} */
    let papers = [];
    let told = words.text("topics_unavailable");
    try {
      papers = combine(await Promise.all(chosen.map((slug) => this.#load(slug))), this.#all, this.#order);
      told = papers.length ? words.count("topics_found", papers.length) : words.text("topics_nothing");
    } catch {
      // As told; a list that failed is asked for again at the next choice.
    }
    if (chosen.join() !== this.#chosen().join()) return;
    if (papers.length > SHOWN) told += ` ${words.count("topics_shown", SHOWN)}`;
    this.#tell(told);
    this.#list.replaceChildren(...papers.slice(0, SHOWN).map((paper) => this.#line(paper, words)));
  }

  /** Put what can be chosen in place, in the reader's language. @param {import("../i18n/messages.mjs").Words} words */
  #say(words) {
    const how = group(words.text("topics_how"), [
      ["any", words.text("topics_any")],
      ["all", words.text("topics_all")],
    ]);
    const order = group(words.text("topics_sort"), [
      ["votes", words.text("topics_sort_votes")],
      ["date", words.text("topics_sort_date")],
    ]);
    const clear = make("button", { type: "button", value: "clear", className: "dp-clear", textContent: words.text("topics_clear") });
    this.#tools.replaceChildren(make("p", { role: "status" }), how, order, clear);
  }

  /** @param {string} told what was found */
  #tell(told) {
    const pressed = [this.#all ? "all" : "any", this.#order];
    for (const button of this.#tools.querySelectorAll("[role=group] button")) {
      button.setAttribute("aria-pressed", String(pressed.includes(/** @type {HTMLButtonElement} */ (button).value)));
    }
    const status = this.#tools.querySelector("[role=status]");
    if (status) status.textContent = told;
  }

  /**
   * @param {Listed} paper
   * @param {import("../i18n/messages.mjs").Words} words
   */
  #line(paper, words) {
    return make(
      "li",
      {},
      make("b", { className: "dp-count", textContent: words.number(paper.votes) }),
      make("a", { href: `${this.dataset.paperUrl}#${paper.id}`, lang: "en", textContent: paper.title }),
      make("time", { dateTime: paper.date, textContent: words.date(paper.date, "plain") }),
    );
  }

  /** @param {string} slug @returns {Promise<Listed[]>} */
  async #load(slug) {
    return (await load(`${this.dataset.lists}${slug}.json`)).papers;
  }

  /** @returns {HTMLInputElement[]} */
  #boxes() {
    return [...this.querySelectorAll("input")];
  }

  #chosen() {
    return this.#boxes().filter((box) => box.checked).map((box) => box.value);
  }
}

/**
 * @param {string} label
 * @param {[string, string][]} choices value and words
 */
function group(label, choices) {
  const buttons = choices.map(([value, text]) => make("button", { type: "button", value, textContent: text, ariaPressed: "false" }));
  return make("div", { className: "dp-button-group", role: "group", ariaLabel: label }, ...buttons);
}

if (!customElements.get("dp-topics")) customElements.define("dp-topics", DpTopics);
