// Names of authors as they are looked for. `fold` does what people.fold_name does where the lists are made; a test holds
// the two together. Which lists there are, and how large, is an index {key: bytes}.

/** @typedef {{name: string, papers: number, months: number[], words: string[]}} Author months as 202403, newest first */

/** What is fetched at once at the most, in bytes: a first letter alone names half of all lists. */
const MAX_BYTES = 200_000;

/** @type {Record<string, string>} letters that do not come apart, as people type them without */
const FOLDED = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ς: "σ" };

/**
 * @param {string} name
 * @returns {string} its words with blanks between: lower case, no marks, no punctuation; Hangul in its letters
 */
export function fold(name) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.replace(/['`´‘’ʻʼ]/g, "").replace(/[ßæœøđðþłħıς]/g, (sign) => FOLDED[sign]);
  return (words.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/**
 * @param {string} text
 * @returns {string[]} the words to look for
 */
export function wordsOf(text) {
  return fold(text).split(" ").filter(Boolean);
}

/**
 * @param {string} word
 * @param {Record<string, number>} index
 * @returns {string[]} the keys of the lists that hold every name with a word that begins so
 */
export function listsOf(word, index) {
  const keys = Object.keys(index).filter((key) => key.startsWith(word));
  if (!Object.hasOwn(index, word)) {
    const above = Object.keys(index).filter((key) => word.startsWith(key));
    keys.push(...above.sort((one, other) => other.length - one.length).slice(0, 1));
  }
  return keys;
}

/**
 * @param {string[]} words
 * @param {Record<string, number>} index
 * @returns {string[] | undefined} the lists of the word with least to fetch; undefined where that is still too much
 */
export function shardOf(words, index) {
  const size = (/** @type {string[]} */ keys) => keys.reduce((sum, key) => sum + index[key], 0);
  const least = words.map((word) => listsOf(word, index)).sort((one, other) => size(one) - size(other))[0] ?? [];
  return size(least) <= MAX_BYTES ? least : undefined;
}

/**
 * @param {string} key
 * @returns {string} the file of a list
 */
export function fileOf(key) {
  if (/^[a-z0-9]+$/.test(key)) return `n-${key}.json`;
  const bytes = [...new TextEncoder().encode(key)];
  return `n--${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}.json`;
}

/**
 * @param {string[]} typed
 * @param {string[]} words of a name
 * @returns {boolean} whether each typed word begins one of them, in any order
 */
export function matches(typed, words) {
  return typed.every((part) => words.some((word) => word.startsWith(part)));
}

/**
 * @param {string[]} typed
 * @param {Author[]} authors
 * @returns {Author[]} those that match: whole words first, then by papers, then by name
 */
export function rank(typed, authors) {
  const whole = (/** @type {Author} */ author) => typed.filter((part) => author.words.includes(part)).length;
  return authors
    .filter((author) => matches(typed, author.words))
    .map((author) => ({ author, whole: whole(author) }))
    .sort((a, b) => b.whole - a.whole || b.author.papers - a.author.papers || (a.author.name < b.author.name ? -1 : 1))
    .map(({ author }) => author);
}
