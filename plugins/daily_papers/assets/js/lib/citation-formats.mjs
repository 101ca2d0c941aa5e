// Papers as reference managers, notes and tables take them. Lists of papers go in, text comes out; what is in the papers
// is from strangers, and is made harmless for each syntax. BibTeX and RIS are those of `daily-papers export` (citing.py).

/**
 * @typedef {object} Paper
 * @property {string} id as 2402.19173; one that is not on arXiv begins with x-
 * @property {string} title
 * @property {string[]} [authors] names as they are written, in their order
 * @property {number} [more] how many authors are left out after those
 * @property {string} [date] as 2024-02-29 or 2024-02
 * @property {string} [url]
 * @property {string} [doi]
 */

/** @type {Record<string, string>} */
const TEX = {
  // A brace counts even behind a backslash, so that it must not be one.
  "\\": "{\\textbackslash}",
  "{": "{\\textbraceleft}",
  "}": "{\\textbraceright}",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
};
const STOP_WORDS = new Set("a an and are as at by can do does for from how in is of on or the to towards via what when with".split(" "));
/** Of a title's word in a key: one without blanks is as long as a stranger likes. */
const KEY_WORD_CHARS = 40;
const MARKDOWN_AUTHORS = 3;
const COLUMNS = /** @type {const} */ (["id", "title", "authors", "date", "url", "doi"]);

/**
 * @param {Paper[]} papers
 * @returns {string}
 */
export function bibtex(papers) {
  /** @type {Set<string>} */
  const taken = new Set();
  return papers.map((paper) => entry(paper, uniqueKey(paper, taken))).join("\n");
}

/**
 * @param {Paper[]} papers
 * @returns {string} lines that end as RIS wants them, a record each
 */
export function ris(papers) {
  return papers.map(record).join("");
}

/**
 * @param {Paper[]} papers
 * @returns {string} a list, an item each
 */
export function markdown(papers) {
  return papers.map(item).join("");
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
    author: names(paper).map((name) => (name.given ? name : { literal: name.family })),
    ...(paper.date && { issued: { "date-parts": [paper.date.split("-").map(Number)] } }),
    ...(paper.url && { URL: paper.url }),
    ...(paper.doi && { DOI: paper.doi }),
    ...(isArxiv(paper) && { publisher: "arXiv", number: `arXiv:${paper.id}` }),
    ...(paper.more && { note: leftOut(paper) }),
  }));
  return `${JSON.stringify(items, null, 2)}\n`;
}

/**
 * @param {Paper[]} papers
 * @returns {string} a row each below the names of the columns, as RFC 4180 has it
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
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** @param {Paper} paper */
function isArxiv(paper) {
  return !paper.id.startsWith("x-");
}

/** @param {Paper} paper @returns {string} its id, if the title is nothing but blanks */
function titleOf({ id, title }) {
  return line(title) ? title : id;
}

/** @param {Paper} paper */
function leftOut(paper) {
  const count = paper.authors?.length ?? 0;
  return `The first ${count} of ${count + (paper.more ?? 0)} authors.`;
}

/** @param {string} text one line of it, without what cannot be seen */
function line(text) {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/**
 * Part each name as bibliographies do: the family's begins at the first small word (van der), else it is the last word.
 * @param {Paper} paper
 * @returns {{ family: string, given: string }[]}
 */
function names(paper) {
  return (paper.authors ?? []).map((name) => {
    const text = line(name);
    const [last, ...others] = text.split(/\s*,\s*/);
    if (others.length) return { family: last, given: others.join(", ") };
    const words = text.split(" ");
    const small = words.findIndex((word, place) => place > 0 && /^\p{Ll}/u.test(word));
    const at = small > 0 && small < words.length - 1 ? small : words.length - 1;
    return { family: words.slice(at).join(" "), given: words.slice(0, at).join(" ") };
  });
}

/**
 * @param {Paper} paper
 * @param {string} key
 */
function entry(paper, key) {
  const [year, month] = (paper.date ?? "").split("-");
  const authors = (paper.authors ?? []).map(texName);
  if (paper.more) authors.push("others");
  const fields = [
    ["title", `{${tex(titleOf(paper))}}`],
    ["author", authors.join(" and ")],
    ["year", year],
    ["month", month && String(Number(month))],
    ...(isArxiv(paper) ? [["eprint", texAddress(paper.id)], ["archiveprefix", "arXiv"]] : []),
    ["doi", texAddress(paper.doi ?? "")],
    ["url", texAddress(paper.url ?? "")],
  ];
  const lines = fields.filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}},\n`);
  return `@misc{${key},\n${lines.join("")}}\n`;
}

/** @param {string} text */
function tex(text) {
  return line(text).replace(/[\\{}~^]/g, (sign) => TEX[sign]).replace(/[&%$#_]/g, "\\$&");
}

/** A name that would be read as two, or as more than family and given name, is kept together. @param {string} name */
function texName(name) {
  const isOdd = /\band\b|,.*,/i.test(name) || line(name).toLowerCase() === "others";
  return isOdd ? `{${tex(name)}}` : tex(name);
}

/** Addresses are set as they are, so that only what would unbalance an entry must go. @param {string} address */
function texAddress(address) {
  return line(address).replace(/[\\{}\s]/g, encodeURIComponent);
}

/**
 * @param {Paper} paper
 * @param {Set<string>} taken the keys given so far
 */
function uniqueKey(paper, taken) {
  const author = plain(names(paper)[0]?.family ?? "");
  const word = paper.title.split(/[\s\p{Pd}:/]+/u).map(plain).find((each) => each.length > 1 && !STOP_WORDS.has(each));
  const key = `${author || "anonymous"}${(paper.date ?? "").slice(0, 4)}${(word ?? plain(paper.id)).slice(0, KEY_WORD_CHARS)}`;
  let unique = key;
  for (let number = 2; taken.has(unique); number += 1) unique = `${key}-${number}`;
  taken.add(unique);
  return unique;
}

/** @param {string} text its letters and figures that every BibTeX reads */
function plain(text) {
  return text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** @param {Paper} paper */
function record(paper) {
  const [year, month = "", day = ""] = (paper.date ?? "").split("-");
  const lines = [
    ["TY", "UNPB"],
    ["TI", titleOf(paper)],
    ...names(paper).map(({ family, given }) => ["AU", given ? `${family}, ${given}` : family]),
    ["PY", year],
    ["DA", year && `${year}/${month}/${day}/`],
    ["DO", paper.doi],
    ["UR", paper.url],
    ...(isArxiv(paper) ? [["PB", "arXiv"], ["AN", `arXiv:${paper.id}`]] : []),
    ["N1", paper.more ? leftOut(paper) : ""],
  ];
  const filled = lines.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${line(value ?? "")}\r\n`);
  return `${filled.join("")}ER  - \r\n\r\n`;
}

/** @param {Paper} paper */
function item(paper) {
  const authors = paper.authors ?? [];
  const named = authors.slice(0, MARKDOWN_AUTHORS).map(escapeMarkdown).join(", ");
  const more = authors.length > MARKDOWN_AUTHORS || paper.more ? " et al." : "";
  const title = escapeMarkdown(titleOf(paper));
  // In angle brackets an address may hold anything but these.
  const address = paper.url?.replace(/[<>\s\\]/g, encodeURIComponent);
  return `- ${[address ? `[${title}](<${address}>)` : title, named + more, paper.date].filter(Boolean).join(". ")}\n`;
}

/** @param {string} text */
function escapeMarkdown(text) {
  return line(text).replace(/[\\`*_[\]<>&~|$!#]/g, "\\$&");
}

/** What a spreadsheet would run begins with an apostrophe instead. @param {string} text */
function cell(text) {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
