// <dp-topics>: papers with any or all of the topics chosen in the list above. The page's URL contains the choice, so that
// it can be shared. A topic's papers are loaded when it is chosen.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { fetchJson } from "../lib/fetch-json.mjs";
import { onNavigation } from "../lib/location-hash.mjs";
import { combine } from "./combine.mjs";

const MAX_PAPERS = 100;

/**
 * @typedef {import("./combine.mjs").ListedPaper} ListedPaper
 * @typedef {import("../i18n/messages.mjs").Messages} Messages
 */

class DpTopics extends HTMLElement {
  #all = false;
  /** @type {"votes" | "date"} */
  #order = "votes";
  /** @type {Messages | undefined} */
  #messages;
  #tools = element("div", { className: "dp-tools", hidden: true });
  #list = element("ol", { className: "dp-topic-papers" });

  connectedCallback() {
    this.append(this.#tools, this.#list);
    this.addEventListener("change", this);
    this.addEventListener("click", this);
    this.#readUrl();
    onNavigation(this, "popstate", () => this.#readUrl());
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#renderTools(messages);
      this.#render();
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target;
    if (event.type === "click") {
      if (target instanceof HTMLButtonElement) this.#press(target.value);
    } else {
      this.#update();
    }
  }

  /** @param {string} value of the button */
  #press(value) {
    if (value === "clear") {
      for (const box of this.#boxes()) box.checked = false;
      this.#all = false;
      this.#order = "votes";
      this.#boxes()[0]?.focus({ preventScroll: true });
    } else if (value === "any" || value === "all") this.#all = value === "all";
    else if (value === "votes" || value === "date") this.#order = value;
    this.#update();
  }

  /** Write the choice to the URL, and render its papers. */
  #update() {
    const query = new URLSearchParams(this.#chosen().map((slug) => ["topic", slug]));
    if (this.#all) query.set("all", "1");
    if (this.#order === "date") query.set("sort", "date");
    history.replaceState(history.state, "", String(query) ? `?${query}` : location.pathname);
    this.#render();
  }

  #readUrl() {
    const query = new URLSearchParams(location.search);
    const chosen = query.getAll("topic");
    for (const box of this.#boxes()) box.checked = chosen.includes(box.value);
    this.#all = query.has("all");
    this.#order = query.get("sort") === "date" ? "date" : "votes";
    this.#render();
  }

  async #render() {
    const chosen = this.#chosen();
    const messages = this.#messages;
    this.#tools.hidden = !chosen.length;
    if (!messages || !chosen.length) return this.#list.replaceChildren();
    /** @type {ListedPaper[]} */
    let papers = [];
    let status = messages.text("topics_unavailable");
    try {
      papers = combine(await Promise.all(chosen.map((slug) => this.#load(slug))), this.#all, this.#order);
      status = papers.length ? messages.count("topics_found", papers.length) : messages.text("topics_nothing");
    } catch {
      // The status says so; the next choice requests a failed list again.
    }
    if (chosen.join() !== this.#chosen().join()) return;
    if (papers.length > MAX_PAPERS) status += ` ${messages.count("topics_shown", MAX_PAPERS)}`;
    this.#renderStatus(status);
    this.#list.replaceChildren(...papers.slice(0, MAX_PAPERS).map((paper) => this.#renderPaper(paper, messages)));
  }

  /** @param {Messages} messages */
  #renderTools(messages) {
    const mode = buttonGroup(messages.text("topics_how"), [
      ["any", messages.text("topics_any")],
      ["all", messages.text("topics_all")],
    ]);
    const order = buttonGroup(messages.text("topics_sort"), [
      ["votes", messages.text("topics_sort_votes")],
      ["date", messages.text("topics_sort_date")],
    ]);
    const clear = element("button", { type: "button", value: "clear", className: "dp-clear", textContent: messages.text("topics_clear") });
    this.#tools.replaceChildren(element("p", { role: "status" }), mode, order, clear);
  }

  /** @param {string} text */
  #renderStatus(text) {
    const pressed = [this.#all ? "all" : "any", this.#order];
    for (const button of this.#tools.querySelectorAll("[role=group] button")) {
      button.setAttribute("aria-pressed", String(pressed.includes(/** @type {HTMLButtonElement} */ (button).value)));
    }
    const status = this.#tools.querySelector("[role=status]");
    if (status) status.textContent = text;
  }

  /**
   * @param {ListedPaper} paper
   * @param {Messages} messages
   */
  #renderPaper(paper, messages) {
    return element(
      "li",
      {},
      element("b", { className: "dp-count", textContent: messages.number(paper.votes) }),
      element("a", { href: `${this.dataset.paperUrl}#${paper.id}`, lang: "en", textContent: paper.title }),
      element("time", { dateTime: paper.date, textContent: messages.date(paper.date, "plain") }),
    );
  }

  /** @param {string} slug @returns {Promise<ListedPaper[]>} */
  async #load(slug) {
    return (await fetchJson(`${this.dataset.lists}${slug}.json`)).papers;
  }

  /** @returns {HTMLInputElement[]} */
  #boxes() {
    return [...this.querySelectorAll("input")];
  }

  /** @returns {string[]} slugs */
  #chosen() {
    return this.#boxes().filter((box) => box.checked).map((box) => box.value);
  }
}

/**
 * @param {string} label
 * @param {[string, string][]} choices value and text
 */
function buttonGroup(label, choices) {
  const buttons = choices.map(([value, text]) => element("button", { type: "button", value, textContent: text, ariaPressed: "false" }));
  return element("div", { className: "dp-button-group", role: "group", ariaLabel: label }, ...buttons);
}

if (!customElements.get("dp-topics")) customElements.define("dp-topics", DpTopics);
