// A paper that was found, as its record tells it, and the words around what was looked for. Pagefind's own excerpts are
// HTML; these are pieces of plain text.

/**
 * @typedef {{url: string, content: string, meta: Record<string, string>, filters: Record<string, string[]>}} Fragment
 * @typedef {{id: string, date: string, title: string, address: string, authors: string[], organization: string,
 *   texts: string[], votes?: number, picture: string, code: boolean, video: boolean}} Found
 * @typedef {[string, boolean]} Piece of text, and whether it was looked for
 */

/** Stands between the texts of a record; see bundles.py. */
const BETWEEN = "\u2e3b";
const USUAL_PICTURE = "=";
const THUMBNAILS = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/";
const EXCERPT_CHARS = 240;
const BEFORE_CHARS = 60;

/** @param {Fragment} fragment @returns {Found} */
export function read({ content, meta, filters }) {
  const texts = content.normalize("NFC").split(BETWEEN).map((text) => text.trim());
  const [, id, authors, organization, , bullets, abstract] = texts;
  const [year, month, day] = meta.url.match(/\d{4}\/\d\d\/\d\d/)?.[0].split("/") ?? [];
  return {
    id,
    date: `${year}-${month}-${day}`,
    title: meta.title.normalize("NFC"),
    address: meta.url,
    authors: authors ? authors.split(", ") : [],
    organization,
    texts: [bullets, abstract].filter(Boolean).map((text) => text.replace(/\*{2,3}/g, "")),
    votes: meta.votes === undefined ? undefined : Number(meta.votes),
    picture: meta.image === USUAL_PICTURE ? `${THUMBNAILS}${id}.png` : (meta.image ?? ""),
    code: Boolean(filters.code),
    video: Boolean(filters.video),
  };
}

/**
 * @param {string} text
 * @param {string[]} words in lower case
 * @returns {Piece[]} the whole text, in pieces
 */
export function marked(text, words) {
  const pattern = patternOf(words);
  if (!pattern) return [[text, false]];
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) pieces.push([text.slice(end, match.index), false]);
    end = match.index + match[0].length;
    pieces.push([match[0], true]);
  }
  if (end < text.length) pieces.push([text.slice(end), false]);
  return pieces;
}

/**
 * @param {string[]} texts
 * @param {string[]} words in lower case
 * @returns {Piece[]} of the text that has most of the words, what stands around them
 */
export function excerpt(texts, words) {
  let best = { text: texts[0] ?? "", at: 0, score: -1 };
  const pattern = patternOf(words);
  for (const text of texts) {
    const places = pattern ? [...text.matchAll(pattern)].slice(0, 200) : [];
    places.forEach(({ index: at }, number) => {
      const near = places.slice(number).filter((other) => other.index < at + EXCERPT_CHARS - BEFORE_CHARS);
      const score = new Set(near.map(([word]) => word.toLowerCase().slice(0, 4))).size + near.length / 100;
      if (score > best.score) best = { text, at, score };
    });
  }
  const { text, at } = best;
  const start = at > BEFORE_CHARS ? text.indexOf(" ", at - BEFORE_CHARS) + 1 || at : 0;
  const cut = text.length > start + EXCERPT_CHARS ? text.lastIndexOf(" ", start + EXCERPT_CHARS) : text.length;
  const end = cut > at ? cut : start + EXCERPT_CHARS;
  const shown = `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
  return marked(shown, words);
}

/** @param {string[]} words @returns {RegExp | null} that finds words which begin so; Hangul also within a word */
function patternOf(words) {
  const beginnings = [...new Set(words)].filter(Boolean).sort((one, other) => other.length - one.length);
  if (!beginnings.length) return null;
  const each = beginnings.map((word) => (/^[가-힣]+$/u.test(word) ? word : `(?<![\\p{L}\\p{N}])${base(word)}[\\p{L}\\p{N}]*`));
  return new RegExp(each.join("|"), "giu");
}

/** @param {string} word @returns {string} what its other forms begin with, near enough to be marked */
function base(word) {
  return word.length > 5 ? word.replace(/(?:ing|ed|es|e|s)$/u, "") : word.replace(/s$/u, "");
}
