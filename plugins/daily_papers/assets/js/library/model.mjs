// A reader's library: saved, read and hidden papers with notes, what is followed, and when the site was last looked at.
// Plain data goes in and out, and every change is a new value; a Keeper holds it in a storage it is given, as one text.
// What is not understood there is never thrown away. Knows no page.

export const KEY = "daily-papers.library";
export const ASIDE = `${KEY}.aside`;
export const VERSION = 1;

export const MAX_PAPERS = 5000;
/** Characters of a note as it is typed; notes that were joined may be longer. */
export const NOTE_CHARS = 2000;
/** Characters of the whole: what browsers keep for a site is five million or more, and the rest of the site has its part. */
export const MAX_CHARS = 2_000_000;
/** Papers without any mark that are remembered, so that an older copy does not bring their marks back. */
const MAX_UNDONE = 500;
/** After so long without a look, the next one is a new visit. */
export const VISIT_MS = 30 * 60_000;
/** A visit that goes on is noted again no sooner. */
const NOTE_AGAIN_MS = 60_000;
/** The dates whose numbers a visit notes: papers come in late on the newest ones only. */
const NEWEST_DATES = 40;

/** @typedef {"saved" | "read" | "hidden"} Mark */
/** @typedef {Partial<Record<Mark, string>>} Marks the instant of each decision */
/**
 * @typedef {object} About what lists a paper without a request
 * @property {string} title
 * @property {string[]} authors
 * @property {number} [more] how many authors there are beside those
 * @property {string} date the day it was found on, or ""
 */
/** @typedef {Marks & {undone?: Marks, note?: string} & About} Paper a mark and its being undone exclude each other */
/** @typedef {{query: string, org?: string}} Filter that of a day's page, as `org=big&votes=10`; what that organization is called */
/** @typedef {{topics: string[], authors: string[], filters: Filter[]}} Follows */
/** @typedef {{at: string, date: string, ids: string[]}} Look when a list was seen, its newest date, and what it had of that */
/**
 * @typedef {object} Visits
 * @property {string} [at] the last look at the site
 * @property {Record<string, number>} [days] papers by date, as known then
 * @property {string} [since] the end of the visit before this one
 * @property {Record<string, number>} [then] papers by date, as known at that end
 * @property {Look} [looking] the last look at what is followed
 * @property {Look} [looked] the last one of the visit before
 */
/** @typedef {{version: number, papers: Record<string, Paper>, follows: Follows, visits: Visits}} Library */

/** @type {readonly Mark[]} */
export const MARKS = ["saved", "read", "hidden"];
const ID = /^[A-Za-z0-9][\w./-]{0,79}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** @returns {Library} */
export function empty() {
  return { version: VERSION, papers: {}, follows: { topics: [], authors: [], filters: [] }, visits: {} };
}

/**
 * @param {string | null} text
 * @returns {{library: Library, state: "good" | "newer" | "broken"}} of a broken text, whatever of it can be read
 */
export function read(text) {
  if (text === null) return { library: empty(), state: "good" };
  try {
    const value = JSON.parse(text);
    const library = clean(value);
    if (isRecord(value) && Number.isInteger(value.version) && value.version > VERSION) return { library, state: "newer" };
    const whole = text === encode(library) || canonical(value) === canonical(library);
    return { library, state: whole ? "good" : "broken" };
  } catch {
    // No JSON, or nested so deep that looking at it is too much.
    return { library: empty(), state: "broken" };
  }
}

/** The same library gives the same text. @param {Library} library @returns {string} */
export function encode(library) {
  return JSON.stringify(clean(library));
}

/** @param {Library} library @param {string} id @returns {Paper | undefined} */
export function paperOf(library, id) {
  return Object.hasOwn(library.papers, id) ? library.papers[id] : undefined;
}

/** Whether anything is noted of a paper but what was undone. @param {Paper} paper */
export function isKept(paper) {
  return Boolean(paper.note) || MARKS.some((mark) => paper[mark]);
}

/**
 * @param {Library} library
 * @param {string} id
 * @param {Mark} mark
 * @param {boolean} on
 * @param {string} at the instant of the decision
 * @param {About} [about] what the page says of it now; without it, what the library knows
 * @returns {Library} as it was where that is decided already, or where no library can hold such an id
 */
export function setMark(library, id, mark, on, at, about) {
  const paper = paperOf(library, id);
  const known = about ?? paper;
  if (!known || Boolean(paper?.[mark]) === on || !ID.test(id)) return library;
  const { [mark]: _, undone, ...rest } = { ...paper, ...known };
  const { [mark]: __, ...others } = undone ?? {};
  return withPaper(library, id, {
    ...rest,
    ...(on ? { [mark]: at } : {}),
    undone: on ? others : { ...others, [mark]: at },
  });
}

/**
 * @param {Library} library
 * @param {string} id
 * @param {string} note "" for none
 * @param {About} [about] as of `setMark`
 * @returns {Library}
 */
export function setNote(library, id, note, about) {
  const paper = paperOf(library, id);
  const known = about ?? paper;
  if (!known || (paper?.note ?? "") === note || !ID.test(id)) return library;
  return withPaper(library, id, { ...paper, ...known, note });
}

/** Take a paper off the shelf: neither saved nor with a note. @param {Library} library @param {string} id @param {string} at @returns {Library} */
export function remove(library, id, at) {
  const paper = paperOf(library, id);
  if (!paper) return library;
  const { saved, note, ...rest } = paper;
  return withPaper(library, id, { ...rest, undone: { ...paper.undone, ...(saved ? { saved: at } : {}) } });
}

/**
 * @param {Library} library
 * @param {string} id
 * @param {Paper} paper
 * @returns {Library}
 */
export function withPaper(library, id, paper) {
  return { ...library, papers: { ...library.papers, [id]: paper } };
}

/** @param {Library} library @param {"topics" | "authors"} kind @param {string} name @param {boolean} on @returns {Library} */
export function follow(library, kind, name, on) {
  const others = library.follows[kind].filter((one) => one !== name);
  return { ...library, follows: { ...library.follows, [kind]: on ? [...others, name] : others } };
}

/** @param {Library} library @param {Filter} filter @param {boolean} on @returns {Library} */
export function followFilter(library, filter, on) {
  const others = library.follows.filters.filter((one) => one.query !== filter.query);
  return { ...library, follows: { ...library.follows, filters: on ? [...others, filter] : others } };
}

/**
 * Note a look at the site. The first after half an hour begins a visit, and what was known until then is kept.
 * @param {Visits} visits
 * @param {string} at
 * @param {Record<string, number>} [days] papers by date, as known now
 * @returns {Visits} the same where there is nothing worth noting
 */
export function visit(visits, at, days = {}) {
  const passed = visits.at ? Date.parse(at) - Date.parse(visits.at) : Infinity;
  const known = Object.fromEntries(Object.entries({ ...visits.days, ...days }).sort().slice(-NEWEST_DATES));
  if (passed < NOTE_AGAIN_MS && canonical(known) === canonical(visits.days ?? {})) return visits;
  const isNew = passed > VISIT_MS && visits.at && Object.keys(visits.days ?? {}).length;
  return { ...visits, ...(isNew ? { since: visits.at, then: visits.days } : {}), at, days: known };
}

/**
 * @param {Visits} visits
 * @param {Record<string, number>} days papers by date, as known now
 * @returns {Record<string, number>} papers that came since the visit before, by date, oldest first
 */
export function newSince(visits, days) {
  const then = visits.then ?? {};
  const [oldest] = Object.keys(then).sort();
  if (!oldest) return {};
  const news = Object.entries(days).map(([date, papers]) => /** @type {const} */ ([date, papers - (then[date] ?? 0)]));
  return Object.fromEntries(news.filter(([date, papers]) => date >= oldest && papers > 0).sort());
}

/**
 * Note a look at the list of what is followed, as `visit` does of the site.
 * @param {Visits} visits
 * @param {Look} look
 * @returns {Visits}
 */
export function look(visits, look) {
  const { looking } = visits;
  const isNew = looking && Date.parse(look.at) - Date.parse(looking.at) > VISIT_MS;
  return { ...visits, ...(isNew ? { looked: looking } : {}), looking: look };
}

/** Holds the library in a storage as text, tells "change" of every change, and never loses a text it cannot read. */
export class Keeper extends EventTarget {
  #storage;
  #library = empty();
  /** @type {string | null | undefined} what lies in the storage, as last seen */
  #text;
  /** @type {"" | "refused" | "newer" | "stuck"} */
  #trouble = "";
  #isFresh = false;

  /** @param {() => Storage} storage may throw, where a browser refuses it */
  constructor(storage) {
    super();
    this.#storage = storage;
  }

  /** The library as it is; read once for all who ask in one go, as the hundred papers of a page do. */
  get library() {
    if (!this.#isFresh) {
      this.#look();
      this.#isFresh = true;
      queueMicrotask(() => (this.#isFresh = false));
    }
    return this.#library;
  }

  /**
   * What keeps the library from being kept: "refused", it lasts as long as the page; "newer", a newer version of this
   * site wrote it; "stuck", what cannot be read finds no place aside. The last two are not to be changed.
   */
  get trouble() {
    this.#look();
    return this.#trouble;
  }

  /**
   * @param {(library: Library) => Library} make
   * @returns {"" | "refused" | "newer" | "stuck" | "papers" | "size" | "full"} what is to be told of it; but for "" and
   *   "refused", nothing was changed
   */
  change(make) {
    this.#look();
    const before = this.#library;
    if (this.#trouble === "newer" || this.#trouble === "stuck") return this.#trouble;
    const after = make(before);
    if (after === before) return this.#trouble;
    const library = forget(clean(after));
    const text = encode(library);
    const limit = beyond(library, text);
    if (limit && text.length > encode(before).length) return limit;
    if (!this.#trouble && !this.#write(text)) return "full";
    this.#library = library;
    this.dispatchEvent(new Event("change"));
    return this.#trouble;
  }

  /** @returns {[string, string][]} name and text of what was set aside */
  asides() {
    try {
      const storage = this.#storage();
      const names = Array.from({ length: storage.length }, (_, number) => storage.key(number) ?? "");
      const ours = names.filter((name) => name.startsWith(ASIDE)).sort();
      return ours.map((name) => [name, storage.getItem(name) ?? ""]);
    } catch {
      return [];
    }
  }

  /** Throw away what was set aside, as the reader asked. */
  discard() {
    for (const [name] of this.asides()) this.#storage().removeItem(name);
    this.dispatchEvent(new Event("change"));
  }

  /** See what lies in the storage now: another tab may have written it. */
  #look() {
    if (this.#trouble === "refused") return;
    let text;
    try {
      text = this.#storage().getItem(KEY);
    } catch {
      this.#trouble = "refused";
      return;
    }
    if (text === this.#text) return;
    this.#text = text;
    const { library, state } = read(text);
    this.#library = library;
    this.#trouble = state === "newer" ? "newer" : "";
    if (state === "broken") this.#trouble = this.#setAside(text ?? "") && this.#write(encode(library)) ? "" : "stuck";
  }

  /** @param {string} text @returns {boolean} whether it lies in a place of its own now */
  #setAside(text) {
    const asides = this.asides();
    if (asides.some(([, other]) => other === text)) return true;
    let number = 1;
    while (asides.some(([name]) => name === `${ASIDE}.${number}`)) number++;
    try {
      this.#storage().setItem(`${ASIDE}.${number}`, text);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} text @returns {boolean} false where there is no room; a storage that refuses is not asked again */
  #write(text) {
    try {
      this.#storage().setItem(KEY, text);
      this.#text = text;
    } catch (error) {
      if (error instanceof DOMException && /quota/i.test(error.name)) return false;
      this.#trouble = "refused";
    }
    return true;
  }
}

/** Drop the oldest papers of which nothing is left but that marks were undone. @param {Library} library @returns {Library} */
function forget(library) {
  const undone = Object.entries(library.papers).filter(([, paper]) => !isKept(paper));
  if (undone.length <= MAX_UNDONE) return library;
  /** @param {[string, Paper]} entry */
  const last = ([, paper]) => Object.values(paper.undone ?? {}).sort().at(-1) ?? "";
  undone.sort((one, other) => (last(one) < last(other) ? -1 : 1));
  const old = new Set(undone.slice(0, -MAX_UNDONE).map(([id]) => id));
  return { ...library, papers: Object.fromEntries(Object.entries(library.papers).filter(([id]) => !old.has(id))) };
}

/** @param {Library} library @param {string} text @returns {"" | "papers" | "size"} the limit it is beyond */
function beyond(library, text) {
  if (Object.values(library.papers).filter(isKept).length > MAX_PAPERS) return "papers";
  return text.length > MAX_CHARS ? "size" : "";
}

/**
 * @param {unknown} value
 * @returns {Library} what of it is one, in one order
 */
export function clean(value) {
  const { papers, follows, visits } = isRecord(value) ? value : /** @type {Record<string, unknown>} */ ({});
  return {
    version: VERSION,
    papers: Object.fromEntries(
      Object.entries(isRecord(papers) ? papers : {})
        .flatMap(([id, paper]) => (ID.test(id) && isRecord(paper) ? [[id, cleanPaper(paper)]] : []))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
    follows: cleanFollows(isRecord(follows) ? follows : {}),
    visits: cleanVisits(isRecord(visits) ? visits : {}),
  };
}

/** @param {Record<string, unknown>} value @returns {Paper} */
function cleanPaper(value) {
  const undone = isRecord(value.undone) ? cleanMarks(value.undone) : {};
  return {
    ...cleanMarks(value),
    ...(Object.keys(undone).length ? { undone } : {}),
    ...(isText(value.note) ? { note: value.note } : {}),
    title: isText(value.title) ? value.title : "",
    authors: texts(value.authors),
    ...(Number.isSafeInteger(value.more) && value.more > 0 ? { more: value.more } : {}),
    date: isText(value.date) && DATE.test(value.date) ? value.date : "",
  };
}

/** @param {Record<string, unknown>} value @returns {Marks} */
function cleanMarks(value) {
  return Object.fromEntries(MARKS.flatMap((mark) => (isInstant(value[mark]) ? [[mark, value[mark]]] : [])));
}

/** @param {Record<string, unknown>} value @returns {Follows} */
function cleanFollows({ topics, authors, filters }) {
  const known = Array.isArray(filters) ? filters.filter((one) => isRecord(one) && isText(one.query)) : [];
  return {
    topics: [...new Set(texts(topics))].sort(),
    authors: [...new Set(texts(authors))].sort(),
    filters: known.map(({ query, org }) => ({ query, ...(isText(org) ? { org } : {}) })),
  };
}

/** @param {Record<string, unknown>} value @returns {Visits} */
function cleanVisits({ at, days, since, then, looking, looked }) {
  return {
    ...(isInstant(at) ? { at } : {}),
    ...(isRecord(days) ? { days: cleanDays(days) } : {}),
    ...(isInstant(since) ? { since } : {}),
    ...(isRecord(then) ? { then: cleanDays(then) } : {}),
    ...(isLook(looking) ? { looking: cleanLook(looking) } : {}),
    ...(isLook(looked) ? { looked: cleanLook(looked) } : {}),
  };
}

/** @param {Record<string, unknown>} days @returns {Record<string, number>} */
function cleanDays(days) {
  return Object.fromEntries(
    Object.entries(days)
      .flatMap(([date, papers]) => (DATE.test(date) && typeof papers === "number" ? [[date, papers]] : []))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** @param {unknown} value @returns {value is Look} */
function isLook(value) {
  return isRecord(value) && isInstant(value.at) && isText(value.date) && DATE.test(value.date);
}

/** @param {Look} look @returns {Look} */
function cleanLook({ at, date, ids }) {
  return { at, date, ids: texts(ids) };
}

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is string} */
function isText(value) {
  return typeof value === "string" && value !== "";
}

/** @param {unknown} value @returns {value is string} */
function isInstant(value) {
  return isText(value) && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

/** @param {unknown} value @returns {string[]} */
function texts(value) {
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** @param {unknown} value @returns {string} the same for the same meaning, whatever the order of keys */
export function canonical(value) {
  return JSON.stringify(value, (_, part) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part,
  );
}
