// Lookup of author names. The names are stored in shards by prefix; an index maps each shard's prefix to its size in bytes.
// `foldName` equals people.fold_name, which builds the shards; a test compares the two.

/** @typedef {{name: string, papers: number, months: number[], words: string[]}} Author months as 202403, newest first */

/** Limit of one lookup: a single first letter matches half of all shards. */
const MAX_BYTES = 200_000;

/** @type {Record<string, string>} letters without a Unicode decomposition, as people type them without accents */
const FOLDED = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ς: "σ" };

/**
 * @param {string} name
 * @returns {string} words separated by spaces: lower case, no accents, no punctuation; Hangul decomposed into letters
 */
export function foldName(name) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.replace(/['`´‘’ʻʼ]/g, "").replace(/[ßæœøđðþłħıς]/g, (char) => FOLDED[char]);
  return (words.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/**
 * @param {string} text
 * @returns {string[]} folded words
 */
export function nameWords(text) {
  return foldName(text).split(" ").filter(Boolean);
}

/**
 * @param {string} word
 * @param {Record<string, number>} index
 * @returns {string[]} keys of the shards that contain every name with a word of this prefix
 */
function shardsOf(word, index) {
  const keys = Object.keys(index).filter((key) => key.startsWith(word));
  if (!Object.hasOwn(index, word)) {
    const shorter = Object.keys(index).filter((key) => word.startsWith(key));
    keys.push(...shorter.sort((one, other) => other.length - one.length).slice(0, 1));
  }
  return keys;
}

/**
 * @param {string[]} words
 * @param {Record<string, number>} index
 * @returns {string[] | undefined} shards of the word with the least bytes; undefined if they exceed the limit
 */
export function smallestShards(words, index) {
  const size = (/** @type {string[]} */ keys) => keys.reduce((sum, key) => sum + index[key], 0);
  const smallest = words.map((word) => shardsOf(word, index)).sort((one, other) => size(one) - size(other))[0] ?? [];
  return size(smallest) <= MAX_BYTES ? smallest : undefined;
}

/**
 * @param {string} key
 * @returns {string} file name of a shard
 */
export function shardFile(key) {
  if (/^[a-z0-9]+$/.test(key)) return `n-${key}.json`;
  const bytes = [...new TextEncoder().encode(key)];
  return `n--${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}.json`;
}

/**
 * @param {string[]} typed
 * @param {string[]} words of a name
 * @returns {boolean} true if each typed word is a prefix of one of them, in any order
 */
export function matches(typed, words) {
  return typed.every((prefix) => words.some((word) => word.startsWith(prefix)));
}

/**
 * @param {string[]} typed
 * @param {Author[]} authors
 * @returns {Author[]} matching authors: most whole words first, then by papers, then by name
 */
export function rank(typed, authors) {
  const wholeWords = (/** @type {Author} */ author) => typed.filter((word) => author.words.includes(word)).length;
  return authors
    .filter((author) => matches(typed, author.words))
    .map((author) => ({ author, whole: wholeWords(author) }))
    .sort((a, b) => b.whole - a.whole || b.author.papers - a.author.papers || (a.author.name < b.author.name ? -1 : 1))
    .map(({ author }) => author);
}
