// The way in and out of the library: as a file, as a link, as citations; and what to do where something in it does not read.

import { copy } from "../lib/clipboard.mjs";
import { watchAddress } from "../lib/location-hash.mjs";
import { difference, exported, imported, merge } from "./merge.mjs";
import { arxivAddress } from "../lib/paper-id.mjs";
import { MAX_CHARS } from "./model.mjs";
import { LINK_CHARS, pack, unpack } from "../lib/url-compress.mjs";
import { keeper, tell } from "./store.mjs";
import { make } from "../lib/dom.mjs";
import { goOn, watchConnected } from "./paper-list.mjs";

/** @typedef {import("../i18n/messages.mjs").Words} Words */

const FRAGMENT = "#import=";
const FILE = "daily-papers-library";
/** What the saved papers are written as: the function, the end of the file's name, and how it is called. */
const FORMATS = /** @type {const} */ ([
  ["bibtex", "bib", "BibTeX"],
  ["ris", "ris", "RIS"],
  ["csl", "csl.json", "CSL-JSON"],
  ["markdown", "md", "Markdown"],
  ["csv", "csv", "CSV"],
]);

/** @param {Words} words @returns {HTMLElement} what is wrong with the library, if anything is */
export function drawTrouble(words) {
  const section = make("section", { className: "dp-storage-error", hidden: true });
  watchConnected(section, () => {
    const [{ trouble }, asides] = [keeper, keeper.asides()];
    const parts = trouble ? [make("p", { role: "status", textContent: tell(trouble, words) })] : [];
    if (asides.length) {
      const get = button(words.text("library_aside_get"), () => asides.forEach(([name, text]) => save(`${name}.txt`, text)));
      const drop = button(words.text("library_aside_drop"), () => {
        keeper.discard();
        goOn(section);
      });
      parts.push(make("p", { role: "status", textContent: words.text("library_aside") }), make("p", { className: "dp-row" }, get, drop));
    }
    section.replaceChildren(...parts);
    section.hidden = !parts.length;
  });
  return section;
}

/**
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @param {import("./page.mjs").Begun} begun
 * @returns {HTMLElement}
 */
export function drawExchange(words, places, begun) {
  const told = make("p", { role: "status" });
  const link = make("input", { readOnly: true, value: begun.link, hidden: !begun.link, ariaLabel: words.text("library_link") });
  const offer = make("div", { className: "dp-import-preview", hidden: true, tabIndex: -1 });
  const file = make("input", { type: "file", accept: ".json,application/json" });
  const section = make("section", {}, make("h2", { textContent: words.text("library_exchange") }));

  const say = (/** @type {string} */ text, isRefusal = false) => {
    told.textContent = text;
    begun.isRefused = isRefusal;
  };
  const refuse = () => say(words.text("library_no_import"), true);
  if (begun.isRefused) refuse();
  begun.consider = (text) => {
    begun.offered = text === undefined ? undefined : imported(text);
    if (begun.offered) say("");
    else refuse();
    if (!drawOffer(offer, begun, words, say)) return;
    offer.scrollIntoView({ block: "center" });
    offer.focus();
  };

  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const text = chosen.size > MAX_CHARS * 4 ? undefined : await chosen.text();
    begun.consider(text);
    file.value = "";
  });
  const toFile = button(words.text("library_to_file"), () => save(`${FILE}.json`, exported(keeper.library)));
  const toLink = button(words.text("library_to_link"), async () => {
    const address = `${location.href.split("#")[0]}${FRAGMENT}${await pack(exported(keeper.library))}`;
    if (address.length > LINK_CHARS) return say(words.text("library_link_long"));
    link.value = begun.link = address;
    link.hidden = false;
    link.select();
    say(words.text((await copy(address)) ? "library_copied" : "library_copy_yourself"));
  });
  const formats = FORMATS.map(([format, end, name]) => button(name, async () => say(await saveAs(format, end, words, places))));
  section.append(
    make("p", { textContent: words.text("library_here") }),
    offer,
    make("p", { className: "dp-row" }, toFile, toLink, make("label", { className: "dp-file" }, words.text("library_from_file"), file)),
    link,
    make("h3", { textContent: words.text("library_cite") }),
    make("p", { className: "dp-row" }, ...formats),
    told,
  );
  drawOffer(offer, begun, words, say);
  watchAddress(section, "hashchange", () => takeFragment(begun));
  queueMicrotask(() => takeFragment(begun));
  return section;
}

/** Offer the library that the address holds, if it holds one. @param {import("./page.mjs").Begun} begun */
async function takeFragment(begun) {
  if (!location.hash.startsWith(FRAGMENT)) return;
  const packed = location.hash.slice(FRAGMENT.length);
  // Gone at once, so that a reload does not ask again.
  history.replaceState(history.state, "", location.pathname + location.search);
  const text = await unpack(packed, MAX_CHARS * 4);
  begun.consider(text);
}

/**
 * Say what the import that is offered would change, and let the reader decide.
 * @param {HTMLElement} offer
 * @param {import("./page.mjs").Begun} begun
 * @param {Words} words
 * @param {(text: string) => void} say
 * @returns {boolean} whether there is anything to decide
 */
function drawOffer(offer, begun, words, say) {
  const theirs = begun.offered;
  offer.hidden = !theirs;
  if (!theirs) return false;
  const { added, changed, follows } = difference(keeper.library, merge(keeper.library, theirs));
  const close = () => {
    begun.offered = undefined;
    offer.hidden = true;
    file(offer)?.focus();
  };
  if (!added && !changed && !follows) {
    close();
    say(words.text("library_import_same"));
    return false;
  }
  const facts = [["added", added], ["changed", changed], ["follows", follows]].filter(([, count]) => count);
  const accept = button(words.text("library_merge"), () => {
    const outcome = keeper.change((library) => merge(library, theirs));
    close();
    say(tell(outcome, words) || words.text("library_merged"));
  });
  offer.replaceChildren(
    make("h3", { textContent: words.text("library_import_title") }),
    make("ul", {}, ...facts.map(([kind, count]) => make("li", { textContent: words.count(`library_import_${kind}`, Number(count)) }))),
    make("p", { className: "dp-row" }, accept, button(words.text("library_cancel"), close)),
  );
  return true;
}

/** @param {HTMLElement} offer @returns {HTMLElement | null | undefined} the field for files beside it */
function file(offer) {
  return offer.parentElement?.querySelector("input[type=file]");
}

/**
 * @param {string} format
 * @param {string} end
 * @param {Words} words
 * @param {import("./page.mjs").Places} places
 * @returns {Promise<string>} what is to be told
 */
async function saveAs(format, end, words, places) {
  const saved = Object.entries(keeper.library.papers).filter(([, paper]) => paper.saved);
  if (!saved.length) return words.text("library_empty");
  const papers = saved.map(([id, paper]) => {
    const { title, authors, more, date } = paper;
    return { id, title, authors, more, date, url: arxivAddress(id) || new URL(places.paper(id, date), location.href).href };
  });
  try {
    const cite = await import("../lib/citation-formats.mjs");
    save(`daily-papers.${end}`, cite[format](papers));
  } catch {
    return words.text("library_cite_failed");
  }
  return words.count("library_written", saved.length);
}

/** Let the browser save `text` as a file. @param {string} name @param {string} text */
function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** @param {string} text @param {() => unknown} press */
function button(text, press) {
  const element = make("button", { type: "button", textContent: text });
  element.addEventListener("click", press);
  return element;
}
