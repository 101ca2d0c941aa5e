// <dp-shelf>: the library as a page. Its parts are had only where it stands: no other page pays for them.

import { touch } from "./library.mjs";
import { speak } from "./speech.mjs";

class DpShelf extends HTMLElement {
  connectedCallback() {
    touch();
    const parts = import("./shelf/page.mjs");
    speak(this, async (words) => (await parts).draw(this, words));
  }
}

if (!customElements.get("dp-shelf")) customElements.define("dp-shelf", DpShelf);
