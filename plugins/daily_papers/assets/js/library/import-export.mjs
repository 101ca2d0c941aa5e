// Import and export of the library as a file, a link or citations; and recovery from storage problems.

import { copy } from "../lib/clipboard.mjs";
import { element } from "../lib/dom.mjs";
import { onNavigation } from "../lib/location-hash.mjs";
import { arxivUrl } from "../lib/paper-id.mjs";
import { compress, decompress, MAX_URL_CHARS } from "../lib/url-compress.mjs";
import { difference, exportText, importText, merge } from "./merge.mjs";
import { MAX_CHARS } from "./model.mjs";
import { focusNext, renderOnChange } from "./paper-list.mjs";
import { outcomeMessage, store } from "./store.mjs";

/** @typedef {import("../i18n/messages.mjs").Messages} Messages */
/** @typedef {import("./page.mjs").State} State */
/** @typedef {import("./page.mjs").Urls} Urls */

const HASH_PREFIX = "#import=";
const FILE_NAME = "daily-papers-library";
/** Longest text that is read from a file or a link: formatted JSON is longer than the stored one. */
const MAX_IMPORT_CHARS = MAX_CHARS * 4;
/** Citation formats: function, file extension and display name. */
const FORMATS = /** @type {const} */ ([
  ["bibtex", "bib", "BibTeX"],
  ["ris", "ris", "RIS"],
  ["csl", "csl.json", "CSL-JSON"],
  ["markdown", "md", "Markdown"],
  ["csv", "csv", "CSV"],
]);

/** @param {Messages} messages @returns {HTMLElement} storage problems and backups; hidden if there are none */
export function renderProblem(messages) {
  const section = element("section", { className: "dp-storage-error", hidden: true });
  renderOnChange(section, () => {
    const [{ problem }, backups] = [store, store.backups()];
    const parts = problem ? [element("p", { role: "status", textContent: outcomeMessage(problem, messages) })] : [];
    if (backups.length) {
      const get = button(messages.text("library_aside_get"), () => backups.forEach(([name, text]) => download(`${name}.txt`, text)));
      const drop = button(messages.text("library_aside_drop"), () => {
        store.deleteBackups();
        focusNext(section);
      });
      const status = element("p", { role: "status", textContent: messages.text("library_aside") });
      parts.push(status, element("p", { className: "dp-row" }, get, drop));
    }
    section.replaceChildren(...parts);
    section.hidden = !parts.length;
  });
  return section;
}

/**
 * @param {Messages} messages
 * @param {Urls} urls
 * @param {State} state
 * @returns {HTMLElement}
 */
export function renderImportExport(messages, urls, state) {
  const status = element("p", { role: "status" });
  const link = element("input", { readOnly: true, value: state.link, hidden: !state.link, ariaLabel: messages.text("library_link") });
  const preview = element("div", { className: "dp-import-preview", hidden: true, tabIndex: -1 });
  const file = element("input", { type: "file", accept: ".json,application/json" });
  const section = element("section", {}, element("h2", { textContent: messages.text("library_exchange") }));

  const showStatus = (/** @type {string} */ text, isImportInvalid = false) => {
    status.textContent = text;
    state.isImportInvalid = isImportInvalid;
  };
  const showInvalid = () => showStatus(messages.text("library_no_import"), true);
  if (state.isImportInvalid) showInvalid();
  state.offerImport = (text) => {
    state.pendingImport = text === undefined ? undefined : importText(text);
    if (state.pendingImport) showStatus("");
    else showInvalid();
    if (!renderPreview(preview, state, messages, showStatus)) return;
    preview.scrollIntoView({ block: "center" });
    preview.focus();
  };

  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const text = chosen.size > MAX_IMPORT_CHARS ? undefined : await chosen.text();
    state.offerImport(text);
    file.value = "";
  });
  const toFile = button(messages.text("library_to_file"), () => download(`${FILE_NAME}.json`, exportText(store.library)));
  const toLink = button(messages.text("library_to_link"), async () => {
    const url = `${location.href.split("#")[0]}${HASH_PREFIX}${await compress(exportText(store.library))}`;
    if (url.length > MAX_URL_CHARS) return showStatus(messages.text("library_link_long"));
    link.value = state.link = url;
    link.hidden = false;
    link.select();
    showStatus(messages.text((await copy(url)) ? "library_copied" : "library_copy_yourself"));
  });
  const formats = FORMATS.map(([format, extension, name]) =>
    button(name, async () => showStatus(await exportCitations(format, extension, messages, urls))),
  );
  section.append(
    element("p", { textContent: messages.text("library_here") }),
    preview,
    element(
      "p",
      { className: "dp-row" },
      toFile,
      toLink,
      element("label", { className: "dp-file" }, messages.text("library_from_file"), file),
    ),
    link,
    element("h3", { textContent: messages.text("library_cite") }),
    element("p", { className: "dp-row" }, ...formats),
    status,
  );
  renderPreview(preview, state, messages, showStatus);
  onNavigation(section, "hashchange", () => importFromHash(state));
  queueMicrotask(() => importFromHash(state));
  return section;
}

/** Offer the library in the URL's fragment for import. @param {State} state */
async function importFromHash(state) {
  if (!location.hash.startsWith(HASH_PREFIX)) return;
  const compressed = location.hash.slice(HASH_PREFIX.length);
  // Removed now, so that a reload does not offer it again.
  history.replaceState(history.state, "", location.pathname + location.search);
  const text = await decompress(compressed, MAX_IMPORT_CHARS);
  state.offerImport(text);
}

/**
 * Show what the pending import would change, with buttons to confirm or cancel.
 * @param {HTMLElement} preview
 * @param {State} state
 * @param {Messages} messages
 * @param {(text: string) => void} showStatus
 * @returns {boolean} true if there is anything to confirm
 */
function renderPreview(preview, state, messages, showStatus) {
  const incoming = state.pendingImport;
  preview.hidden = !incoming;
  if (!incoming) return false;
  const { added, changed, follows } = difference(store.library, merge(store.library, incoming));
  const close = () => {
    state.pendingImport = undefined;
    preview.hidden = true;
    fileInput(preview)?.focus();
  };
  if (!added && !changed && !follows) {
    close();
    showStatus(messages.text("library_import_same"));
    return false;
  }
  const facts = [["added", added], ["changed", changed], ["follows", follows]].filter(([, count]) => count);
  const accept = button(messages.text("library_merge"), () => {
    const outcome = store.update((library) => merge(library, incoming));
    close();
    showStatus(outcomeMessage(outcome, messages) || messages.text("library_merged"));
  });
  const items = facts.map(([kind, count]) => {
    return element("li", { textContent: messages.count(`library_import_${kind}`, Number(count)) });
  });
  preview.replaceChildren(
    element("h3", { textContent: messages.text("library_import_title") }),
    element("ul", {}, ...items),
    element("p", { className: "dp-row" }, accept, button(messages.text("library_cancel"), close)),
  );
  return true;
}

/** @param {HTMLElement} preview @returns {HTMLElement | null | undefined} */
function fileInput(preview) {
  return preview.parentElement?.querySelector("input[type=file]");
}

/**
 * @param {typeof FORMATS[number][0]} format
 * @param {string} extension
 * @param {Messages} messages
 * @param {Urls} urls
 * @returns {Promise<string>} status message
 */
async function exportCitations(format, extension, messages, urls) {
  const saved = Object.entries(store.library.papers).filter(([, paper]) => paper.saved);
  if (!saved.length) return messages.text("library_empty");
  const papers = saved.map(([id, paper]) => {
    const { title, authors, more, date } = paper;
    return { id, title, authors, more, date, url: arxivUrl(id) || new URL(urls.paper(id, date), location.href).href };
  });
  try {
    const formats = await import("../lib/citation-formats.mjs");
    download(`daily-papers.${extension}`, formats[format](papers));
  } catch {
    return messages.text("library_cite_failed");
  }
  return messages.count("library_written", saved.length);
}

/** @param {string} name @param {string} text */
function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** @param {string} text @param {() => unknown} onClick */
function button(text, onClick) {
  const created = element("button", { type: "button", textContent: text });
  created.addEventListener("click", onClick);
  return created;
}
