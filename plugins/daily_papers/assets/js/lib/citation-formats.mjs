// Citation formats: BibTeX, RIS, CSL-JSON, Markdown and CSV. Titles and names are untrusted text and are escaped for each
// format. BibTeX and RIS equal those of `daily-papers export` (model/citations.py).

import { cleanName, parseName } from "./author-names.mjs";

/** @typedef {import("./author-names.mjs").AuthorName} AuthorName */

/**
 * @typedef {object} Paper
 * @property {string} id as 2402.19173; an id of another source than arXiv begins with x-
 * @property {string} title
 * @property {string[]} [authors] names as written, in order
 * @property {number} [more] number of omitted authors after those
 * @property {string} [date] as 2024-02-29 or 2024-02
 * @property {string} [url]
 * @property {string} [doi]
 * @property {string} [category] primary category at arXiv
 */

/** @type {Record<string, string>} */
const TEX = {
  // BibTeX counts a brace even after a backslash, so each becomes a command.
  "\\": "{\\textbackslash}",
  "{": "{\\textbraceleft}",
  "}": "{\\textbraceright}",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
};
const STOP_WORDS = new Set("a an and are as at by can do does for from how in is of on or the to towards via what when with".split(" "));
/** Limit of the author's and of the title's word in a key: a title without spaces has a word of any length. */
const KEY_WORD_CHARS = 40;
/** Characters of a name or word that a key is made of. The time of a normalization can be quadratic. */
const RAW_KEY_CHARS = 4 * KEY_WORD_CHARS;
const MARKDOWN_AUTHORS = 3;
const COLUMNS = /** @type {const} */ (["id", "title", "authors", "date", "url", "doi"]);

/**
 * @param {Paper[]} papers
 * @returns {string}
 */
export function bibtex(papers) {
  /** @type {Set<string>} */
  const usedKeys = new Set();
  return papers.map((paper) => bibtexEntry(paper, uniqueKey(paper, usedKeys))).join("\n");
}

/**
 * @param {Paper[]} papers
 * @returns {string} one record per paper, with the CRLF line ends of RIS
 */
export function ris(papers) {
  return papers.map(risRecord).join("");
}

/**
 * @param {Paper[]} papers
 * @returns {string} a list with one item per paper
 */
export function markdown(papers) {
  return papers.map(markdownItem).join("");
}

/**
 * @param {Paper[]} papers
 * @returns {string} CSL-JSON
 */
export function csl(papers) {
  const items = papers.map((paper) => ({
    id: paper.id,
    type: "article",
    title: titleOf(paper),
    author: parseNames(paper).map(({ family, given, suffix }) =>
      given ? { family, given, ...(suffix && { suffix }) } : { literal: family },
    ),
    ...(paper.date && { issued: { "date-parts": [paper.date.split("-").map(Number)] } }),
    ...(paper.url && { URL: paper.url }),
    ...(paper.doi && { DOI: paper.doi }),
    ...(isArxiv(paper) && { publisher: "arXiv", number: `arXiv:${paper.id}` }),
    ...(paper.more && { note: omissionNote(paper) }),
  }));
  return `${JSON.stringify(items, null, 2)}\n`;
}

/**
 * @param {Paper[]} papers
 * @returns {string} a header row and one row per paper, as in RFC 4180
 */
export function csv(papers) {
  const rows = papers.map((paper) => [
    paper.id,
    titleOf(paper),
    [...(paper.authors ?? []), ...(paper.more ? ["et al."] : [])].join("; "),
    paper.date ?? "",
    paper.url ?? "",
    paper.doi ?? "",
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** @param {Paper} paper */
function isArxiv(paper) {
  return !paper.id.startsWith("x-");
}

/** @param {Paper} paper @returns {string} the id if the title is blank */
function titleOf({ id, title }) {
  return singleLine(title) ? title : id;
}

/** @param {Paper} paper */
function omissionNote(paper) {
  const count = paper.authors?.length ?? 0;
  return `The first ${count} of ${count + (paper.more ?? 0)} authors.`;
}

/** Collapse white space and control characters. @param {string} text */
function singleLine(text) {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Return the names of the authors; an entry without a name is left out. @param {Paper} paper */
function parseNames(paper) {
  const names = (paper.authors ?? []).map((name) => cleanName(singleLine(name)));
  return names.filter(Boolean).map(parseName);
}

/**
 * @param {Paper} paper
 * @param {string} key
 */
function bibtexEntry(paper, key) {
  const [year, month] = (paper.date ?? "").split("-");
  const authors = parseNames(paper).map(bibtexAuthor);
  if (paper.more) authors.push("others");
  const fields = [
    ["title", `{${escapeTex(titleOf(paper))}}`],
    ["author", authors.join(" and ")],
    ["year", year],
    ["month", month && String(Number(month))],
    ...(isArxiv(paper)
      ? [
          ["eprint", escapeTexUrl(paper.id)],
          ["archiveprefix", "arXiv"],
          ["primaryClass", escapeTexUrl(paper.category ?? "")],
        ]
      : []),
    ["doi", escapeTexUrl(paper.doi ?? "")],
    ["url", escapeTexUrl(paper.url ?? "")],
  ];
  const lines = fields.filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}},\n`);
  return `@misc{${key},\n${lines.join("")}}\n`;
}

/** @param {string} text */
function escapeTex(text) {
  return singleLine(text).replace(/[\\{}~^]/g, (char) => TEX[char]).replace(/[&%$#_]/g, "\\$&");
}

/** Brace a team, and a name that BibTeX would read as two names or more parts. @param {AuthorName} author */
function bibtexAuthor({ name, family, given, suffix, isTeam, isReadByBibtex }) {
  const isAmbiguous = /\band\b/i.test(name) || given.includes(",") || name.toLowerCase() === "others";
  if (isAmbiguous || (isTeam && name.includes(" "))) return `{${escapeTex(name)}}`;
  if (isReadByBibtex) return escapeTex(name);
  return [family, suffix, given].filter(Boolean).map(escapeTex).join(", ");
}

/** Encode only the characters that would unbalance an entry: BibTeX prints URLs verbatim. @param {string} url */
function escapeTexUrl(url) {
  return singleLine(url).replace(/[\\{}\s]/g, encodeURIComponent);
}

/**
 * @param {Paper} paper
 * @param {Set<string>} usedKeys
 */
function uniqueKey(paper, usedKeys) {
  const author = toAscii(parseNames(paper)[0]?.family ?? "").slice(0, KEY_WORD_CHARS);
  const word = paper.title.split(/[\s\p{Pd}:/]+/u).map(toAscii).find((each) => each.length > 1 && !STOP_WORDS.has(each));
  const key = `${author || "anonymous"}${(paper.date ?? "").slice(0, 4)}${(word ?? toAscii(paper.id)).slice(0, KEY_WORD_CHARS)}`;
  let unique = key;
  for (let number = 2; usedKeys.has(unique); number += 1) unique = `${key}-${number}`;
  usedKeys.add(unique);
  return unique;
}

/** Keep the letters and digits that every BibTeX accepts in a key. @param {string} text */
function toAscii(text) {
  const beginning = [...text.slice(0, 2 * RAW_KEY_CHARS)].slice(0, RAW_KEY_CHARS).join("");
  return beginning.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** @param {Paper} paper */
function risRecord(paper) {
  const [year, month = "", day = ""] = (paper.date ?? "").split("-");
  const lines = [
    ["TY", "UNPB"],
    ["TI", titleOf(paper)],
    ...parseNames(paper).map(({ family, given, suffix }) => ["AU", [family, given, suffix].filter(Boolean).join(", ")]),
    ["PY", year],
    ["DA", year && `${year}/${month}/${day}/`],
    ["DO", paper.doi],
    ["UR", paper.url],
    ...(isArxiv(paper) ? [["PB", "arXiv"], ["AN", `arXiv:${paper.id}`]] : []),
    ["N1", paper.more ? omissionNote(paper) : ""],
  ];
  const filled = lines.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${singleLine(value ?? "")}\r\n`);
  return `${filled.join("")}ER  - \r\n\r\n`;
}

/** @param {Paper} paper */
function markdownItem(paper) {
  const authors = paper.authors ?? [];
  const named = authors.slice(0, MARKDOWN_AUTHORS).map(escapeMarkdown).join(", ");
  const more = authors.length > MARKDOWN_AUTHORS || paper.more ? " et al." : "";
  const title = escapeMarkdown(titleOf(paper));
  // Inside angle brackets only these characters need encoding.
  const url = paper.url?.replace(/[<>\s\\]/g, encodeURIComponent);
  return `- ${[url ? `[${title}](<${url}>)` : title, named + more, paper.date].filter(Boolean).join(". ")}\n`;
}

/** @param {string} text */
function escapeMarkdown(text) {
  return singleLine(text).replace(/[\\`*_[\]<>&~|$!#]/g, "\\$&");
}

/** Quote a CSV cell; an apostrophe before a formula keeps spreadsheets from running it. @param {string} text */
function csvCell(text) {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
