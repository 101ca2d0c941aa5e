// <dp-library-page>: the library page. Its parts are separate modules that no other page loads.

import { onLocale } from "../i18n/locale.mjs";
import { recordVisit } from "./store.mjs";

class DpLibraryPage extends HTMLElement {
  connectedCallback() {
    recordVisit();
    const page = import("./page.mjs").then(({ createPage }) => createPage(this)).catch(() => undefined);
    onLocale(this, async (messages) => {
      const render = await page;
      if (render) render(messages);
      else this.textContent = messages.text("not_loaded");
    });
  }
}

if (!customElements.get("dp-library-page")) customElements.define("dp-library-page", DpLibraryPage);
