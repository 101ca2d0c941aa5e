// <dp-library-page>: the library as a page. Its parts are had only where it stands: no other page pays for them.

import { touch } from "./store.mjs";
import { speak } from "../i18n/locale.mjs";

class DpShelf extends HTMLElement {
  connectedCallback() {
    touch();
    const page = import("./page.mjs").then(({ pageOf }) => pageOf(this)).catch(() => undefined);
    speak(this, async (words) => {
      const draw = await page;
      if (draw) draw(words);
      else this.textContent = words.text("not_loaded");
    });
  }
}

if (!customElements.get("dp-library-page")) customElements.define("dp-library-page", DpShelf);
