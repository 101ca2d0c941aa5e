// <dp-shelf>: the library as a page. Its parts are had only where it stands: no other page pays for them.

import { touch } from "./library.mjs";
import { speak } from "./speech.mjs";

class DpShelf extends HTMLElement {
  connectedCallback() {
    touch();
    const page = import("./shelf/page.mjs").then(({ pageOf }) => pageOf(this)).catch(() => undefined);
    speak(this, async (words) => {
      const draw = await page;
      if (draw) draw(words);
      else this.textContent = words.text("not_loaded");
    });
  }
}

if (!customElements.get("dp-shelf")) customElements.define("dp-shelf", DpShelf);
