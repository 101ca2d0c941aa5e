// <dp-paper-redirect>: redirects from /p/#ID to the paper on the newest date that lists it. If the archive does not list the
// paper, it links to arXiv.

import { onLocale } from "../i18n/locale.mjs";
import { element } from "../lib/dom.mjs";
import { fetchJson } from "../lib/fetch-json.mjs";
import { hashValue, onNavigation } from "../lib/location-hash.mjs";
import { arxivUrl, listingFile, parsePaperId } from "../lib/paper-id.mjs";

/** @typedef {import("../i18n/messages.mjs").Messages} Messages */

class DpPaperRedirect extends HTMLElement {
  /** @type {Messages | undefined} */
  #messages;
  /** @type {(messages: Messages) => Node[]} content of the status line */
  #status = () => [];

  connectedCallback() {
    this.addEventListener("submit", this);
    onNavigation(this, "hashchange", () => this.#openUrl());
    onLocale(this, (messages) => {
      this.#messages = messages;
      this.#render();
    });
    this.#openUrl();
  }

  /** @param {Event} event */
  handleEvent(event) {
    event.preventDefault();
    this.#redirect(this.#input.value);
  }

  #openUrl() {
    const id = hashValue();
    if (!id) return;
    this.#input.value = id;
    this.#redirect(id);
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** @param {string} text an id or a paper's URL */
  async #redirect(text) {
    if (!text.trim()) return;
    const id = parsePaperId(text);
    if (!id) return this.#render((messages) => [element("p", {}, messages.text("jump_no_id"))]);
    const { archive = "", urlSuffix = "/", files = "" } = this.dataset;
    const file = listingFile(id);
    try {
      const dates = files.split(" ").includes(file) ? (await fetchJson(`${archive}p/${file}.json`))[id] : undefined;
      if (dates) return location.replace(`${archive}${dates[0].replaceAll("-", "/")}${urlSuffix}#${id}`);
    } catch {
      return this.#render((messages) => [element("p", {}, messages.text("not_loaded"))]);
    }
    const href = arxivUrl(id);
    const links = href ? [element("a", { href, rel: "noopener noreferrer", textContent: `arXiv ${id}` })] : [];
    this.#render((messages) => [element("p", {}, messages.text("jump_not_here", { id })), ...links]);
  }

  /** @param {(messages: Messages) => Node[]} [status] */
  #render(status = this.#status) {
    this.#status = status;
    if (this.#messages) this.querySelector(".dp-status-line")?.replaceChildren(...status(this.#messages));
  }
}

if (!customElements.get("dp-paper-redirect")) customElements.define("dp-paper-redirect", DpPaperRedirect);
