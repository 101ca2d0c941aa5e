// <dp-language>: the choice of language, kept on this device. The stylesheet shows the words of the chosen one; what
// it cannot reach is put right here: attributes, the theme's tabs, and which of a paper's summaries is the open one.

import { choose, language, languages, speak, wordsOf } from "./locale.mjs";

class DpLanguage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    speak(this, (words) => {
      for (const button of this.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.value === words.language));
      }
      if (words.language === languages()[0] && !document.documentElement.dataset.dpLang) return;
      nameAgain(words);
      nameTabs(this.dataset.titles?.split(" ") ?? [], words);
      nameHeader(words.language);
      for (const paper of document.querySelectorAll(".dp-paper")) openSummary(paper, words.language);
    });
  }

  /** @param {Event} event */
  handleEvent(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button && button.value !== language()) choose(button.value);
  }
}

/** Put every attribute that has words in it into the reader's language. @param {import("./messages.mjs").Words} words */
function nameAgain(words) {
  for (const attribute of ["title", "aria-label", "placeholder"]) {
    for (const element of document.querySelectorAll(`[data-t-${attribute}]`)) {
      const date = element.getAttribute("data-t-date");
      const key = element.getAttribute(`data-t-${attribute}`) ?? "";
      element.setAttribute(attribute, words.text(key, date ? { date: words.date(date, "plain") } : {}));
    }
  }
}

/**
 * The theme writes each tab once, in the site's first language.
 * @param {string[]} titles their keys
 * @param {import("./messages.mjs").Words} words
 */
async function nameTabs(titles, words) {
  const all = await Promise.all(languages().map(wordsOf));
  const keys = new Map(all.flatMap((one) => titles.map((key) => [one.text(key), key])));
  for (const tab of document.querySelectorAll(".md-tabs__link, .md-nav__link, .md-nav__link .md-ellipsis")) {
    const key = tab.childElementCount ? undefined : keys.get(tab.textContent?.trim() ?? "");
    if (key) tab.textContent = words.text(key);
  }
}

/** The theme's header and the browser's tab call the page by its first language's title. @param {string} code */
function nameHeader(code) {
  const heading = document.querySelector(".dp-head h1 .dp-wide") ?? document.querySelector(".dp h1");
  const said = (heading?.querySelector(`dp-w[lang="${code}"]`) ?? heading)?.textContent?.trim();
  const topics = document.querySelectorAll('[data-md-component="header-topic"] .md-ellipsis');
  const topic = topics[topics.length - 1];
  const old = topic?.textContent?.trim();
  if (!said || !topic || !old) return;
  topic.textContent = said;
  if (document.title.startsWith(old)) document.title = said + document.title.slice(old.length);
}

/**
 * Let the summary in `code` and the one that is open change places.
 * @param {Element} paper
 * @param {string} code
 */
function openSummary(paper, code) {
  const open = paper.querySelector(".dp-body > .dp-bullets");
  if (!open || open.getAttribute("lang") === code) return;
  const folded = paper.querySelector(`.dp-disclosures > details > .dp-bullets[lang="${code}"]`);
  const title = folded?.parentElement?.querySelector("summary");
  const [by, foldedBy] = [open.nextElementSibling, folded?.nextElementSibling];
  if (!folded || !title || !by || !foldedBy) return;
  const old = open.getAttribute("lang") || "und";
  swap(open, folded);
  swap(by, foldedBy);
  title.lang = old;
  title.textContent = new Intl.DisplayNames(old, { type: "language", fallback: "code" }).of(old) ?? old;
}

/**
 * @param {Element} one
 * @param {Element} other
 */
function swap(one, other) {
  const place = document.createComment("");
  one.replaceWith(place);
  other.replaceWith(one);
  place.replaceWith(other);
}

if (!customElements.get("dp-language")) customElements.define("dp-language", DpLanguage);
