// <dp-paper-redirect>: goes to the paper whose id stands behind the address's "#", on the newest date that lists it; or says that
// it is not here, and where it may be.

import { anchor, watchAddress } from "../lib/location-hash.mjs";
import { load } from "../lib/fetch-json.mjs";
import { arxivAddress, listingFile, readPaperId } from "../lib/paper-id.mjs";
import { make } from "../lib/dom.mjs";
import { speak } from "../i18n/locale.mjs";

class DpJump extends HTMLElement {
  /** @type {import("../i18n/messages.mjs").Words | undefined} */
  #words;
  /** @type {(words: import("../i18n/messages.mjs").Words) => Node[]} what is told at this moment */
  #say = () => [];

  connectedCallback() {
    this.addEventListener("submit", this);
    watchAddress(this, "hashchange", () => this.#follow());
    speak(this, (words) => {
      this.#words = words;
      this.#tell();
    });
    this.#follow();
  }

  /** @param {Event} event */
  handleEvent(event) {
    event.preventDefault();
    this.#jump(this.#input.value);
  }

  /** Go where the address points. */
  #follow() {
    const id = anchor();
    if (!id) return;
    this.#input.value = id;
    this.#jump(id);
  }

  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  /** @param {string} text */
  async #jump(text) {
    if (!text.trim()) return;
    const id = readPaperId(text);
    if (!id) return this.#tell((words) => [make("p", {}, words.text("jump_no_id"))]);
    const { archive = "", urlSuffix = "/", files = "" } = this.dataset;
    const file = listingFile(id);
    try {
      const dates = files.split(" ").includes(file) ? (await load(`${archive}p/${file}.json`))[id] : undefined;
      if (dates) return location.replace(`${archive}${dates[0].replaceAll("-", "/")}${urlSuffix}#${id}`);
    } catch {
      return this.#tell((words) => [make("p", {}, words.text("not_loaded"))]);
    }
    const href = arxivAddress(id);
    const elsewhere = href ? [make("a", { href, rel: "noopener noreferrer", textContent: `arXiv ${id}` })] : [];
    this.#tell((words) => [make("p", {}, words.text("jump_not_here", { id })), ...elsewhere]);
  }

  /** @param {(words: import("../i18n/messages.mjs").Words) => Node[]} [say] */
  #tell(say = this.#say) {
    this.#say = say;
    if (this.#words) this.querySelector(".dp-status-line")?.replaceChildren(...say(this.#words));
  }
}

if (!customElements.get("dp-paper-redirect")) customElements.define("dp-paper-redirect", DpJump);
