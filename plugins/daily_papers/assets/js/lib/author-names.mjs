// Parts of author names: family name, given name, suffix; or a team as a whole. The rules are those of
// `daily-papers export` (model/author_names.py), where they are explained.

/**
 * @typedef {object} AuthorName
 * @property {string} name
 * @property {string} family
 * @property {string} given
 * @property {string} suffix
 * @property {boolean} isTeam
 * @property {boolean} isReadByBibtex true if BibTeX finds the same parts in the name as it is written
 */

const REMAINS = " ,;&*∗†‡§¶";
const TEAM_WORD = new RegExp(
  "^(?:teams?|groups?|collaborations?|consortium|contributors|collaborators|community|committee|initiative|project|" +
    "association|alliance|foundation|labs?|laborator(?:y|ies)|research(?:ers)?|institute|university|cent(?:er|re)|" +
    "department|workshop|society|organization|inc|llc|ltd|gmbh|corp|corporation|company)$",
  "i",
);
const SUFFIX = /^(?:[JjSs]r\.?|II|III|IV)$/;
const PARTICLE = /^(?:de|dell?[ao]?|dei|degli|dal|dalla|di|da|dos|van|von|vom|zu|el|al|abu|le|mac|mc)$/;
const ARTICLE = /^(?:la|las|los|den|der)$/;
const CONJUNCTION = /^[yie]$/;
const VIETNAMESE_FAMILY = /^(?:Nguyen|Tran|Pham|Hoang|Huynh|Phan|Vu|Vo|Dang|Bui|Ngo)$/;

/**
 * Remove the remains of a list of names.
 * @param {string} text on one line
 * @returns {string} empty if nothing else is in it
 */
export function cleanName(text) {
  const words = text.split(" ");
  let [start, end] = [0, words.length];
  while (start < end && isRemains(words[start])) start += 1;
  while (start < end && isRemains(words[end - 1])) end -= 1;
  return strip(words.slice(start, end).join(" "), REMAINS);
}

/**
 * @param {string} name a result of `cleanName`
 * @returns {AuthorName}
 */
export function parseName(name) {
  if (isTeam(name)) return { name, family: name, given: "", suffix: "", isTeam: true, isReadByBibtex: true };
  const [last, ...parts] = name.split(/ *, */);
  let suffix = parts.find((part) => SUFFIX.test(part)) ?? "";
  const others = parts.filter((part) => part !== suffix);
  if (others.length) {
    const isReadByBibtex = !suffix && others.length === 1;
    return { name, family: last, given: others.join(", "), suffix, isTeam: false, isReadByBibtex };
  }
  const words = last.split(" ");
  if (words.length > 2 && SUFFIX.test(words[words.length - 1])) suffix = /** @type {string} */ (words.pop());
  const start = familyStart(words);
  return {
    name,
    family: words.slice(start).join(" "),
    given: words.slice(0, start).join(" "),
    suffix,
    isTeam: false,
    isReadByBibtex: !suffix && (bibtexFamilyStart(words, 0) === start || PARTICLE.test(words[0])),
  };
}

/** @param {string} word */
function isRemains(word) {
  return ["", "and"].includes(strip(word, REMAINS).toLowerCase());
}

/** @param {string} name */
function isTeam(name) {
  const words = name.split(/[ -]/);
  return words.length > 1 && words.some((word) => word === "AI" || TEAM_WORD.test(strip(word, ".,")));
}

/** @param {string} word */
function isParticle(word) {
  return PARTICLE.test(word.toLowerCase()) || ARTICLE.test(word.toLowerCase());
}

/** Return the index of the first word of the family name. @param {string[]} words */
function familyStart(words) {
  const found = bibtexFamilyStart(words, 1);
  let start = found;
  while (start > 1 && isParticle(words[start - 1])) start -= 1;
  while (start < found && ARTICLE.test(words[start].toLowerCase())) start += 1;
  if (start > 1 && CONJUNCTION.test(words[start])) return start - 1;
  return words[start] === "Van" && VIETNAMESE_FAMILY.test(words[words.length - 1]) ? found : start;
}

/**
 * Return the index of the first lower-case word from `after`, or of the last word.
 * @param {string[]} words
 * @param {number} after
 */
function bibtexFamilyStart(words, after) {
  const last = words.length - 1;
  const found = words.findIndex((word, index) => index >= after && index < last && /^\p{Ll}/u.test(word));
  return found < 0 ? last : found;
}

/** Remove `chars` from both ends. @param {string} text @param {string} chars */
function strip(text, chars) {
  let [start, end] = [0, text.length];
  while (start < end && chars.includes(text[start])) start += 1;
  while (start < end && chars.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}
