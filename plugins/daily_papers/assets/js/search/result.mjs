// Search results: a Pagefind fragment as a paper, with excerpts and highlights. Pagefind's own excerpts are HTML; these
// are segments of plain text.

/**
 * @typedef {{url: string, content: string, meta: Record<string, string>, filters: Record<string, string[]>}} Fragment
 * @typedef {{id: string, date: string, title: string, url: string, authors: string[], organization: string,
 *   texts: string[], votes?: number, image: string, code: boolean, video: boolean}} Result
 * @typedef {[string, boolean]} Segment a text, and true if it matches the query
 */

/** Separates the texts of a record; see search/pagefind.py. */
const SEPARATOR = "\u2e3b";
const DEFAULT_IMAGE = "=";
const THUMBNAILS = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/";
const EXCERPT_CHARS = 240;
const CONTEXT_CHARS = 60;

/** @param {Fragment} fragment @returns {Result} */
export function toResult({ content, meta, filters }) {
  const texts = content.normalize("NFC").split(SEPARATOR).map((text) => text.trim());
  const [, id, authors, organization, , bullets, abstract] = texts;
  const [year, month, day] = meta.url.match(/\d{4}\/\d\d\/\d\d/)?.[0].split("/") ?? [];
  return {
    id,
    date: `${year}-${month}-${day}`,
    title: meta.title.normalize("NFC"),
    url: meta.url,
    authors: authors ? authors.split(", ") : [],
    organization,
    texts: [bullets, abstract].filter(Boolean).map((text) => text.replace(/\*{2,3}/g, "")),
    votes: meta.votes === undefined ? undefined : Number(meta.votes),
    image: meta.image === DEFAULT_IMAGE ? `${THUMBNAILS}${id}.png` : (meta.image ?? ""),
    code: Boolean(filters.code),
    video: Boolean(filters.video),
  };
}

/**
 * @param {string} text
 * @param {string[]} words in lower case
 * @returns {Segment[]} the whole text
 */
export function highlight(text, words) {
  const pattern = wordPattern(words);
  if (!pattern) return [[text, false]];
  /** @type {Segment[]} */
  const segments = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) segments.push([text.slice(end, match.index), false]);
    end = match.index + match[0].length;
    segments.push([match[0], true]);
  }
  if (end < text.length) segments.push([text.slice(end), false]);
  return segments;
}

/**
 * @param {string[]} texts
 * @param {string[]} words in lower case
 * @returns {Segment[]} the passage with the most words, from whichever text contains it
 */
export function excerpt(texts, words) {
  let best = { text: texts[0] ?? "", at: 0, score: -1 };
  const pattern = wordPattern(words);
  for (const text of texts) {
    const matches = pattern ? [...text.matchAll(pattern)].slice(0, 200) : [];
    matches.forEach(({ index: at }, number) => {
      const near = matches.slice(number).filter((other) => other.index < at + EXCERPT_CHARS - CONTEXT_CHARS);
      const score = new Set(near.map(([word]) => word.toLowerCase().slice(0, 4))).size + near.length / 100;
      if (score > best.score) best = { text, at, score };
    });
  }
  const { text, at } = best;
  const start = at > CONTEXT_CHARS ? text.indexOf(" ", at - CONTEXT_CHARS) + 1 || at : 0;
  const cut = text.length > start + EXCERPT_CHARS ? text.lastIndexOf(" ", start + EXCERPT_CHARS) : text.length;
  const end = cut > at ? cut : start + EXCERPT_CHARS;
  const passage = `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  return highlight(passage, words);
}

/**
 * @param {string[]} words
 * @returns {RegExp | null} matches words with these prefixes; Hangul also inside a word. null without words
 */
function wordPattern(words) {
  const prefixes = [...new Set(words)].filter(Boolean).sort((one, other) => other.length - one.length);
  if (!prefixes.length) return null;
  const each = prefixes.map((word) => (/^[가-힣]+$/u.test(word) ? word : `(?<![\\p{L}\\p{N}])${stripSuffix(word)}[\\p{L}\\p{N}]*`));
  return new RegExp(each.join("|"), "giu");
}

/** Cut common English suffixes, so that other forms of the word match as well. @param {string} word @returns {string} */
function stripSuffix(word) {
  return word.length > 5 ? word.replace(/(?:ing|ed|es|e|s)$/u, "") : word.replace(/s$/u, "");
}
