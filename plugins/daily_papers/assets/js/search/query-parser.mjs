// What is typed, as it is looked for: in terms, each with the other ways to say it; Korean words without what follows
// their stem, and nothing that means nothing. Strings in, terms out.

/**
 * @typedef {[string, string][]} Glossary a Korean term and its English one, as the build writes them
 * @typedef {{terms: string[][], wholes: string[]}} Query each term in the ways to say it, the typed one first, of a word or
 *   a few; and all of them together, as typed and in other words
 */

const MOST_WORDS = 12;
const MOST_SAID = 2;
const LONGEST_TERM = 4;

/** Words of English that are in every abstract: a search for one takes long and tells nothing. */
const EMPTY = new Set("a an and are as at be by for from in into is it its of on or our that the their this to via we with".split(" "));

// What follows a Korean noun or stem, the longest first. What is left begins every form of the word, so a rule that
// takes too much finds too much and never too little; a stem has two syllables at least.
const ENDINGS = (
  "으로부터는 으로부터의 에서부터 으로서의 으로써의 이라고도 합니다 됩니다 입니다 습니다 하였다 하면서 하도록 시키는 시키기 " +
  "시켰다 으로부터 이라는 이라고 에서는 에서도 에서의 으로는 으로의 으로도 으로서 으로써 까지의 에게서 에게는 로부터 들에게 " +
  "들에서 들이란 했습니다 하였습니다 되었습니다 였습니다 적으로 적인 했다 하다 하는 하기 하고 하여 하며 하게 해서 하지 하면 한다 " +
  "된다 되는 되어 되고 되기 되다 된 될 시킨 시켜 이나 이란 이며 이고 이다 라는 라고 에는 에도 에서 에게 으로 로서 로써 로는 로의 과의 " +
  "와의 과는 와는 까지 부터 보다 처럼 만큼 마다 조차 들은 들이 들을 들의 들과 들도 들 께서 한 할 함 해 을 를 이 가 은 는 의 에 와 과 도 만 로 란 나"
).split(" ").sort((one, other) => other.length - one.length);

/** Words that a third of all papers have: beside others they tell little, and to list where they are takes long. */
const COMMON = new Set((
  "model learning language data method task performance approach framework training large llm network based image " +
  "모델 학습 언어 데이터 방법 연구 논문 성능 기반 작업 평가 생성 이미지 거대 대규모 대형"
).split(" "));
/** Korean words that go with any other. */
const FILLING = new Set("대한 위한 통한 관한 대해 위해 통해 하는 있는 없는 되는 이용한 사용한 및 등 그리고 또는 같은 것 수 더".split(" "));

const HANGUL = /^[가-힣]+$/u;
const STEM_SYLLABLES = 2;

/**
 * @param {string} word
 * @param {(word: string) => boolean} [isKnown] whether it is a word as it stands, as 서베이 is, whatever its end
 * @returns {string} what all forms of a Korean word begin with; any other as it is
 */
export function stem(word, isKnown = () => false) {
  if (!HANGUL.test(word) || isKnown(word)) return word;
  const ending = ENDINGS.find((each) => word.endsWith(each) && word.length - each.length >= STEM_SYLLABLES);
  // Two may follow each other, as in 모델들을: the second is looked for where the first was a particle.
  return ending ? stem(word.slice(0, -ending.length), isKnown) : word;
}

/**
 * @param {string} typed
 * @returns {string[]} its words in lower case and NFC, with what joins them to one: gpt-4o, 2402.19173
 */
function split(typed) {
  const text = typed.normalize("NFKC").toLowerCase().replace(/['’`]/gu, "");
  const words = text.match(/[\p{L}\p{N}\p{M}]+(?:[-.][\p{L}\p{N}]+)*/gu) ?? [];
  return words.flatMap(unmixed).slice(0, MOST_WORDS);
}

/** @param {string} word @returns {string[]} what is Hangul and what is not, since 모델 begins no word in LLM모델 */
function unmixed(word) {
  if (!/[가-힣]/u.test(word)) return [word];
  const parts = word.match(/[가-힣]+|[^가-힣.-]+(?:[.-][^가-힣.-]+)*/gu) ?? [];
  const [foreign, hangul] = parts;
  if (parts.length !== 2 || HANGUL.test(foreign)) return parts;
  if (/^\d+$/.test(foreign) && !/^[은는이가을를의에]$/u.test(hangul)) return [foreign + hangul]; // 200만, 1비트
  return ENDINGS.includes(hangul) ? [foreign] : parts;
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
      for (const word of korean.split(" ")) this.#korean.add(word);
    }
  }

  /**
   * @param {string} term
   * @param {string} other
   */
  #add(term, other) {
    const said = this.#said.get(term) ?? [];
    if (said.length < MOST_SAID && !said.includes(other)) this.#said.set(term, [...said, other]);
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

  /** @param {string} word @returns {boolean} whether a Korean term has it */
  knows(word) {
    return this.#korean.has(word);
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
 * @returns {Query} of no terms where nothing was typed
 */
export function parse(typed, dictionary) {
  const all = split(typed);
  const telling = all.filter((word) => !EMPTY.has(word) && !FILLING.has(word) && !/^[a-z]$/.test(word));
  const words = (telling.length ? telling : all).map((word) => stem(word, (each) => dictionary.knows(each)));
  /** @type {string[][]} */
  const terms = [];
  /** What is said for them in the other language. @type {string[]} */
  const other = [];
  for (let at = 0; at < words.length; ) {
    const length = termLength(words.slice(at, at + LONGEST_TERM), dictionary);
    const term = words.slice(at, at + length);
    terms.push(waysToSay(term, dictionary));
    // What is foreign already is a name more often than not: 라마 3, Absolute Zero.
    other.push(...(dictionary.say(term).slice(0, 1).concat(HANGUL.test(term.join("")) ? [] : [terms[terms.length - 1][0]]).slice(0, 1)));
    at += length;
  }
  const said = [terms.map(([way]) => way), other].filter((each) => each.length > 1).map((each) => each.join(" "));
  const wholes = [...new Set(said)];
  const rare = terms.filter(([way]) => !way.split(" ").every((word) => COMMON.has(singular(word))));
  // Where all are common, papers are looked for that have them all.
  return rare.length ? { terms: rare, wholes } : { terms: wholes.length ? [wholes] : terms, wholes: [] };
}

/**
 * @param {string[]} words
 * @param {Dictionary} dictionary
 * @returns {number} how many of them are one term of the glossary, one where none is
 */
function termLength(words, dictionary) {
  let length = words.length;
  while (length > 1 && !dictionary.say(words.slice(0, length)).length) length--;
  return length;
}

/**
 * @param {string[]} term
 * @param {Dictionary} dictionary
 * @returns {string[]}
 */
function waysToSay(term, dictionary) {
  const text = term.join(" ");
  const ways = [text.replace(/[-.]/g, "")];
  if (/[-.]/.test(text)) ways.push(text.split(/[-. ]/).filter((word) => !EMPTY.has(word)).join(" "));
  if (HANGUL.test(term.join(""))) {
    ways.push(term.join(""));
    if (term.length === 1) ways.push(dictionary.split(text).join(" "));
  }
  return [...new Set([...ways, ...dictionary.say(term)])].filter(Boolean);
}
