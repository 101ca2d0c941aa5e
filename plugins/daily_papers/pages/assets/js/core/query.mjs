// What is typed, as it is looked for: words without what means nothing, Korean ones without what follows their stem, and
// the other ways to say the same. Strings in, lists of words out.

/**
 * @typedef {[string, string][]} Glossary a Korean term and its English one, as the build writes them
 * @typedef {{words: string, weight: number}} Variant one way to say the query, and how much what it finds counts
 */

/** Which other ways are tried at the most; each is a search of its own. */
const MOST_VARIANTS = 6;
const TRANSLATED = 0.9;
const SHORTENED = 0.4;
const MOST_WORDS = 12;

/** Words of English that are in every abstract: a search for one takes long and tells nothing. */
const EMPTY = new Set("a an and are as at by for from in into is it of on or that the this to via we with".split(" "));

// What follows a Korean noun or stem, the longest first. What is left begins every form of the word, so a rule that
// takes too much finds too much and never too little; a stem has two syllables at least.
const ENDINGS = (
  "으로부터는 으로부터의 에서부터 으로서의 으로써의 이라고도 합니다 됩니다 입니다 습니다 하였다 하면서 하도록 시키는 시키기 " +
  "시켰다 으로부터 이라는 이라고 에서는 에서도 에서의 으로는 으로의 으로도 으로서 으로써 까지의 에게서 에게는 로부터 들에게 " +
  "들에서 들이란 했습니다 하였습니다 되었습니다 였습니다 적으로 적인 했다 하다 하는 하기 하고 하여 하며 하게 해서 하지 하면 한다 " +
  "된다 되는 되어 되고 되기 되다 된 될 시킨 시켜 이나 이란 이며 이고 이다 라는 라고 에는 에도 에서 에게 으로 로서 로써 로는 로의 과의 " +
  "와의 과는 와는 까지 부터 보다 처럼 만큼 마다 조차 들은 들이 들을 들의 들과 들도 들 께서 한 할 함 해 을 를 이 가 은 는 의 에 와 과 도 만 로 란 나"
).split(" ").sort((one, other) => other.length - one.length);

const HANGUL = /^[가-힣]+$/u;
const STEM_SYLLABLES = 2;

/**
 * @param {string} word of Hangul
 * @returns {string} what all its forms begin with
 */
export function stem(word) {
  if (!HANGUL.test(word)) return word;
  const ending = ENDINGS.find((each) => word.endsWith(each) && word.length - each.length >= STEM_SYLLABLES);
  // Two may follow each other, as in 모델들을: the second is looked for where the first was a particle.
  return ending ? stem(word.slice(0, -ending.length)) : word;
}

/**
 * @param {string} typed
 * @returns {string[]} its words in lower case and NFC; Hangul apart from letters beside it, punctuation gone
 */
export function wordsOf(typed) {
  const text = typed.normalize("NFKC").toLowerCase().replace(/['’`]/gu, "");
  const words = text.match(/[가-힣]+|[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.flatMap((word) => word.match(/[가-힣]+|[^가-힣]+/gu) ?? []).slice(0, MOST_WORDS);
}

/** @param {string} word @returns {string} as the glossary has the last word of an English term */
function singular(word) {
  return word.length > 3 && word.endsWith("s") && !/(ss|is|us)$/.test(word) ? word.slice(0, -1) : word;
}

/** Looks words up in a glossary, either way. */
export class Dictionary {
  /** What is said for a term, by the term: Korean without blanks, English in the singular. @type {Map<string, string[]>} */
  #said = new Map();
  /** The words of Korean terms. @type {Set<string>} */
  #korean = new Set();

  /** @param {Glossary} glossary */
  constructor(glossary) {
    for (const [korean, english] of glossary) {
      const joined = korean.replaceAll(" ", "");
      this.#add(joined, english);
      this.#add(english, korean);
      if (joined !== korean) for (const word of korean.split(" ")) this.#korean.add(word);
    }
  }

  /**
   * @param {string} term
   * @param {string} other
   */
  #add(term, other) {
    const said = this.#said.get(term) ?? [];
    if (said.length < 2 && !said.includes(other)) this.#said.set(term, [...said, other]);
  }

  /**
   * @param {string[]} words
   * @returns {string[]} what is said for them in the other language
   */
  say(words) {
    const isKorean = words.every((word) => HANGUL.test(word));
    const term = isKorean ? words.join("") : [...words.slice(0, -1), singular(words[words.length - 1])].join(" ");
    return this.#said.get(term) ?? [];
  }

  /** @param {string} word of Hangul @returns {string[]} the two words it is written of; none where it is one */
  split(word) {
    for (let at = STEM_SYLLABLES; at <= word.length - STEM_SYLLABLES; at++) {
      const parts = [word.slice(0, at), word.slice(at)];
      if (parts.every((part) => this.#korean.has(part))) return parts;
    }
    return [];
  }
}

/**
 * @param {string} typed
 * @param {Dictionary} dictionary
 * @returns {Variant[]} the ways to look for it, what was typed first; none where nothing was
 */
export function variants(typed, dictionary) {
  const all = wordsOf(typed);
  if (!all.length) return [];
  const telling = all.filter((word) => !EMPTY.has(word) && !/^[a-z]$/.test(word));
  const words = (telling.length ? telling : all).map(stem);
  /** @type {Map<string, number>} */
  const found = new Map([[words.join(" "), 1]]);
  const add = (/** @type {string[]} */ said, /** @type {number} */ weight) => {
    const text = said.join(" ");
    if (found.size < MOST_VARIANTS && !found.has(text)) found.set(text, weight);
  };
  // Written with a hyphen it is one word as well, which says more.
  for (const compound of typed.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+(?:[-.][\p{L}\p{N}]+)+/gu) ?? []) {
    const parts = wordsOf(compound).map(stem);
    const at = words.join(" ").indexOf(parts.join(" "));
    if (at >= 0) add([words.join(" ").replace(parts.join(" "), compound.replace(/[-.]/g, ""))], 1);
  }
  translate(words, dictionary, add);
  words.forEach((word, at) => {
    const parts = HANGUL.test(word) ? dictionary.split(word) : [];
    if (parts.length) add(words.toSpliced(at, 1, ...parts), 1);
    const next = words[at + 1];
    if (next && HANGUL.test(word) && HANGUL.test(next)) add(words.toSpliced(at, 2, word + next), 1);
  });
  return [...found].map(([text, weight]) => ({ words: text, weight }));
}

/**
 * Add the query with its longest terms said in the other language: all of them, then one each.
 * @param {string[]} words
 * @param {Dictionary} dictionary
 * @param {(said: string[], weight: number) => void} add
 */
function translate(words, dictionary, add) {
  /** @type {{at: number, length: number, said: string[]}[]} */
  const terms = [];
  for (let at = 0; at < words.length; at++) {
    for (let length = Math.min(4, words.length - at); length; length--) {
      const said = dictionary.say(words.slice(at, at + length));
      if (!said.length) continue;
      terms.push({ at, length, said });
      at += length - 1;
      break;
    }
  }
  const replaced = (/** @type {typeof terms} */ chosen, /** @type {number} */ number) =>
    chosen.reduceRight((rest, { at, length, said }) => rest.toSpliced(at, length, ...said[Math.min(number, said.length - 1)].split(" ")), words);
  if (terms.length) for (const number of [0, 1]) add(replaced(terms, number), TRANSLATED);
  if (terms.length > 1) for (const term of terms) add(replaced([term], 0), TRANSLATED);
}

/**
 * @param {Variant} variant
 * @returns {Variant[]} it without each of its words: for whoever remembers all words but one
 */
export function shortened({ words }) {
  const all = words.split(" ");
  if (all.length < 2) return [];
  return all.slice(0, MOST_VARIANTS).map((_, at) => ({ words: all.toSpliced(at, 1).join(" "), weight: SHORTENED }));
}
