// Query parsing: splits the text into terms, and adds each term's variants and translations. Korean words are reduced to
// their stem, stop words are dropped.

/**
 * @typedef {[string, string][]} Glossary pairs of a Korean and an English term, as the build writes them
 * @typedef {{terms: string[][], phrases: string[]}} ParsedQuery variants of each term, the typed one first, with spaces
 *   between the words of a term; and the whole query as one phrase, as typed and translated
 */

const MAX_WORDS = 12;
const MAX_TRANSLATIONS = 2;
const MAX_TERM_WORDS = 4;

/** English words in every abstract: searching for one is slow and selects nothing. */
const STOP_WORDS = new Set("a an and are as at be by for from in into is it its of on or our that the their this to via we with".split(" "));

// Korean particles and endings, longest first. The stem is a prefix of every form of the word, so a rule that cuts too much
// finds more, never less. A stem keeps at least two syllables.
const ENDINGS = (
  "으로부터는 으로부터의 에서부터 으로서의 으로써의 이라고도 합니다 됩니다 입니다 습니다 하였다 하면서 하도록 시키는 시키기 " +
  "시켰다 으로부터 이라는 이라고 에서는 에서도 에서의 으로는 으로의 으로도 으로서 으로써 까지의 에게서 에게는 로부터 들에게 " +
  "들에서 들이란 했습니다 하였습니다 되었습니다 였습니다 적으로 적인 했다 하다 하는 하기 하고 하여 하며 하게 해서 하지 하면 한다 " +
  "된다 되는 되어 되고 되기 되다 된 될 시킨 시켜 이나 이란 이며 이고 이다 라는 라고 에는 에도 에서 에게 으로 로서 로써 로는 로의 과의 " +
  "와의 과는 와는 까지 부터 보다 처럼 만큼 마다 조차 들은 들이 들을 들의 들과 들도 들 께서 한 할 함 해 을 를 이 가 은 는 의 에 와 과 도 만 로 란 나"
).split(" ").sort((one, other) => other.length - one.length);

/** Words in a third of all papers: beside other words they select little, and searching for them is slow. */
const COMMON_WORDS = new Set((
  "model learning language data method task performance approach framework training large llm network based image " +
  "모델 학습 언어 데이터 방법 연구 논문 성능 기반 작업 평가 생성 이미지 거대 대규모 대형"
).split(" "));
/** Korean function words. */
const KOREAN_STOP_WORDS = new Set("대한 위한 통한 관한 대해 위해 통해 하는 있는 없는 되는 이용한 사용한 및 등 그리고 또는 같은 것 수 더".split(" "));

const HANGUL = /^[가-힣]+$/u;
const STEM_SYLLABLES = 2;

/**
 * @param {string} word
 * @param {(word: string) => boolean} [isKnown] true for a word that only looks inflected, as 서베이
 * @returns {string} the common prefix of all forms of a Korean word; any other word unchanged
 */
export function stem(word, isKnown = () => false) {
  if (!HANGUL.test(word) || isKnown(word)) return word;
  const ending = ENDINGS.find((each) => word.endsWith(each) && word.length - each.length >= STEM_SYLLABLES);
  // Endings may follow each other, as in 모델들을.
  return ending ? stem(word.slice(0, -ending.length), isKnown) : word;
}

/**
 * @param {string} typed
 * @returns {string[]} words in lower case and NFKC; hyphens and dots inside a word stay: gpt-4o, 2402.19173
 */
function tokenize(typed) {
  const text = typed.normalize("NFKC").toLowerCase().replace(/['’`]/gu, "");
  const words = text.match(/[\p{L}\p{N}\p{M}]+(?:[-.][\p{L}\p{N}]+)*/gu) ?? [];
  return words.flatMap(splitScripts).slice(0, MAX_WORDS);
}

/** Split Hangul from other scripts: 모델 is no prefix of the word LLM모델. @param {string} word @returns {string[]} */
function splitScripts(word) {
  if (!/[가-힣]/u.test(word)) return [word];
  const parts = word.match(/[가-힣]+|[^가-힣.-]+(?:[.-][^가-힣.-]+)*/gu) ?? [];
  const [foreign = "", hangul = ""] = parts;
  if (parts.length !== 2 || HANGUL.test(foreign)) return parts;
  if (/^\d+$/.test(foreign) && !/^[은는이가을를의에]$/u.test(hangul)) return [foreign + hangul]; // 200만, 1비트
  return ENDINGS.includes(hangul) ? [foreign] : parts;
}

/** @param {string} word @returns {string} the form of an English term's last word in the glossary */
function singular(word) {
  return word.length > 3 && word.endsWith("s") && !/(ss|is|us)$/.test(word) ? word.slice(0, -1) : word;
}

/** Glossary lookup in both directions. */
export class Dictionary {
  /** Translations by term: Korean without spaces, English in the singular. @type {Map<string, string[]>} */
  #translations = new Map();
  /** Words of the Korean terms. @type {Set<string>} */
  #koreanWords = new Set();

  /** @param {Glossary} glossary */
  constructor(glossary) {
    for (const [korean, english] of glossary) {
      const joined = korean.replaceAll(" ", "");
      this.#add(joined, english);
      this.#add(english, korean);
      for (const word of korean.split(" ")) this.#koreanWords.add(word);
    }
  }

  /**
   * @param {string} term
   * @param {string} other
   */
  #add(term, other) {
    const known = this.#translations.get(term) ?? [];
    if (known.length < MAX_TRANSLATIONS && !known.includes(other)) this.#translations.set(term, [...known, other]);
  }

  /**
   * @param {string[]} words
   * @returns {string[]} translations of the term that they form
   */
  translate(words) {
    const isKorean = words.every((word) => HANGUL.test(word));
    const term = isKorean ? words.join("") : [...words.slice(0, -1), singular(words[words.length - 1])].join(" ");
    return this.#translations.get(term) ?? [];
  }

  /** @param {string} word @returns {boolean} true if a Korean term contains it */
  hasKoreanWord(word) {
    return this.#koreanWords.has(word);
  }

  /** @param {string} word in Hangul @returns {string[]} the two words of a compound; empty for any other word */
  splitCompound(word) {
    for (let at = STEM_SYLLABLES; at <= word.length - STEM_SYLLABLES; at++) {
      const parts = [word.slice(0, at), word.slice(at)];
      if (parts.every((part) => this.#koreanWords.has(part))) return parts;
    }
    return [];
  }
}

/**
 * @param {string} typed
 * @param {Dictionary} dictionary
 * @returns {ParsedQuery} without terms if the text contains no word
 */
export function parse(typed, dictionary) {
  const all = tokenize(typed);
  const content = all.filter((word) => !STOP_WORDS.has(word) && !KOREAN_STOP_WORDS.has(word) && !/^[a-z]$/.test(word));
  const words = (content.length ? content : all).map((word) => stem(word, (each) => dictionary.hasKoreanWord(each)));
  /** @type {string[][]} */
  const terms = [];
  /** The query in the other language. @type {string[]} */
  const translated = [];
  for (let at = 0; at < words.length; ) {
    const length = termLength(words.slice(at, at + MAX_TERM_WORDS), dictionary);
    const term = words.slice(at, at + length);
    const variants = variantsOf(term, dictionary);
    terms.push(variants);
    // An untranslated term that is not Korean is usually a name: 라마 3, Absolute Zero.
    const untranslated = HANGUL.test(term.join("")) ? [] : [variants[0]];
    translated.push(...[...dictionary.translate(term), ...untranslated].slice(0, 1));
    at += length;
  }
  const wholes = [terms.map(([variant]) => variant), translated].filter((each) => each.length > 1).map((each) => each.join(" "));
  const phrases = [...new Set(wholes)];
  const rare = terms.filter(([variant]) => !variant.split(" ").every((word) => COMMON_WORDS.has(singular(word))));
  // If all words are common, search for papers that contain all of them.
  return rare.length ? { terms: rare, phrases } : { terms: phrases.length ? [phrases] : terms, phrases: [] };
}

/**
 * @param {string[]} words
 * @param {Dictionary} dictionary
 * @returns {number} number of leading words that form a term of the glossary; 1 if none do
 */
function termLength(words, dictionary) {
  let length = words.length;
  while (length > 1 && !dictionary.translate(words.slice(0, length)).length) length--;
  return length;
}

/**
 * @param {string[]} term
 * @param {Dictionary} dictionary
 * @returns {string[]}
 */
function variantsOf(term, dictionary) {
  const text = term.join(" ");
  const variants = [text.replace(/[-.]/g, "")];
  if (/[-.]/.test(text)) variants.push(text.split(/[-. ]/).filter((word) => !STOP_WORDS.has(word)).join(" "));
  if (HANGUL.test(term.join(""))) {
    variants.push(term.join(""));
    if (term.length === 1) variants.push(dictionary.splitCompound(text).join(" "));
  }
  return [...new Set([...variants, ...dictionary.translate(term)])].filter(Boolean);
}
