// <dp-language>: language switch. The stylesheet shows the texts of the chosen language. This module translates the rest:
// attributes, the theme's tabs and the page title.

import { language, languages, loadMessages, onLocale, setLanguage } from "./locale.mjs";

/** @typedef {import("./messages.mjs").Messages} Messages */

class DpLanguage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    onLocale(this, (messages) => {
      for (const button of this.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.value === messages.language));
      }
      if (messages.language === languages()[0] && !document.documentElement.dataset.dpLang) return;
      translateAttributes(messages);
      translateTabs(this.dataset.titles?.split(" ") ?? [], messages);
      translateHeader(messages.language);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button && button.value !== language()) setLanguage(button.value);
  }
}

/** @param {Messages} messages */
function translateAttributes(messages) {
  for (const attribute of ["title", "aria-label", "placeholder"]) {
    for (const translated of document.querySelectorAll(`[data-t-${attribute}]`)) {
      const date = translated.getAttribute("data-t-date");
      const key = translated.getAttribute(`data-t-${attribute}`) ?? "";
      translated.setAttribute(attribute, messages.text(key, date ? { date: messages.date(date, "plain") } : {}));
    }
  }
}

/**
 * Translate the theme's tabs and navigation links. The theme renders them in the site's first language only.
 * @param {string[]} titles message keys
 * @param {Messages} messages
 */
async function translateTabs(titles, messages) {
  const all = await Promise.all(languages().map(loadMessages));
  const keys = new Map(all.flatMap((one) => titles.map((key) => [one.text(key), key])));
  for (const tab of document.querySelectorAll(".md-tabs__link, .md-nav__link, .md-nav__link .md-ellipsis")) {
    const key = tab.childElementCount ? undefined : keys.get(tab.textContent?.trim() ?? "");
    if (key) tab.textContent = messages.text(key);
  }
}

/** Translate the page's title in the theme's header and in the browser's tab. @param {string} code */
function translateHeader(code) {
  const heading = document.querySelector(".dp-head h1 .dp-wide") ?? document.querySelector(".dp h1");
  const title = (heading?.querySelector(`dp-w[lang="${code}"]`) ?? heading)?.textContent?.trim();
  const topics = document.querySelectorAll('[data-md-component="header-topic"] .md-ellipsis');
  const topic = topics[topics.length - 1];
  const old = topic?.textContent?.trim();
  if (!title || !topic || !old) return;
  topic.textContent = title;
  if (document.title.startsWith(old)) document.title = title + document.title.slice(old.length);
}

if (!customElements.get("dp-language")) customElements.define("dp-language", DpLanguage);
