// <dp-jump>: goes to the paper whose id stands behind the address's "#", on the newest date that lists it; or says that
// it is not here, and where it may be.

import { anchor } from "./core/anchor.mjs";
import { load } from "./core/data.mjs";
import { listingFile, readPaperId } from "./core/ids.mjs";
import { speak } from "./speech.mjs";

class DpJump extends HTMLElement {
  /** @type {import("./core/words.mjs").Words | undefined} */
  #words;
  /** @type {(words: import("./core/words.mjs").Words) => Node[]} what is told at this moment */
  #say = () => [];

  connectedCallback() {
    this.addEventListener("submit", this);
    window.addEventListener("hashchange", this);
    speak(this, (words) => {
      this.#words = words;
      this.#tell();
    });
    this.#follow();
  }

  disconnectedCallback() {
    window.removeEventListener("hashchange", this);
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === "submit") {
      event.preventDefault();
      this.#jump(this.#input.value);
    } else {
      this.#follow();
    }
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
    if (!id) return this.#tell((words) => [line(words.text("jump_no_id"))]);
    const { archive = "", end = "/", files = "" } = this.dataset;
    const file = listingFile(id);
    try {
      const dates = files.split(" ").includes(file) ? (await load(`${archive}p/${file}.json`))[id] : undefined;
      if (dates) return location.replace(`${archive}${dates[0].replaceAll("-", "/")}${end}#${id}`);
    } catch {
      return this.#tell((words) => [line(words.text("not_loaded"))]);
    }
    const elsewhere = id.startsWith("x-") ? [] : [link(`https://arxiv.org/abs/${id}`, `arXiv ${id}`)];
    this.#tell((words) => [line(words.text("jump_not_here", { id })), ...elsewhere]);
  }

  /** @param {(words: import("./core/words.mjs").Words) => Node[]} [say] */
  #tell(say = this.#say) {
    this.#say = say;
    if (this.#words) this.querySelector(".dp-told")?.replaceChildren(...say(this.#words));
  }
}

/** @param {string} text */
function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

/**
 * @param {string} address
 * @param {string} text
 */
function link(address, text) {
  const leads = document.createElement("a");
  leads.href = address;
  leads.rel = "noopener noreferrer";
  leads.textContent = text;
  return leads;
}

if (!customElements.get("dp-jump")) customElements.define("dp-jump", DpJump);
