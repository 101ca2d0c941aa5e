// The reader's library as data: saved, read and hidden papers with notes, followed topics, authors and filters, and visits.
// Every function returns a new value. store.mjs stores it.

export const VERSION = 1;

export const MAX_PAPERS = 5000;
/** Limit of a note as typed, in characters; merged notes may be longer. */
export const NOTE_CHARS = 2000;
/** Limit of the encoded library: browsers store at least five million characters per site, and the site stores more. */
export const MAX_CHARS = 2_000_000;
/** Papers kept only for their removed marks, so that merging an older copy does not restore the marks. */
const MAX_UNDONE = 500;
/** A look at the site after a longer pause starts a new visit. */
const VISIT_MS = 30 * 60_000;
/** Shortest time between two records of the same visit. */
const VISIT_UPDATE_MS = 60_000;
/** Dates with recorded counts: only the newest dates still receive papers. */
const MAX_VISIT_DATES = 40;

/** @typedef {"saved" | "read" | "hidden"} Mark */
/** @typedef {Partial<Record<Mark, string>>} Marks instant of each decision, in UTC */
/**
 * @typedef {object} PaperInfo facts that lists of papers show without a request
 * @property {string} title
 * @property {string[]} authors the first ones
 * @property {number} [more] number of further authors
 * @property {string} date of the page on which the paper was marked, or ""
 */
/** @typedef {Marks & {undone?: Marks, note?: string} & PaperInfo} Paper a mark is either set or undone, never both */
/** @typedef {{query: string, org?: string}} Filter query of a day's page, as `org=big&votes=10`; name of that organization */
/** @typedef {{topics: string[], authors: string[], filters: Filter[]}} Follows */
/** @typedef {{at: string, date: string, ids: string[]}} FollowingView instant, newest date in the list, ids of that date */
/**
 * @typedef {object} Visits
 * @property {string} [at] instant of the last look at the site
 * @property {Record<string, number>} [days] papers by date at that instant
 * @property {string} [since] end of the previous visit
 * @property {Record<string, number>} [then] papers by date at that end
 * @property {FollowingView} [looking] last view of the followed papers
 * @property {FollowingView} [looked] last view during the previous visit
 */
/** @typedef {{version: number, papers: Record<string, Paper>, follows: Follows, visits: Visits}} Library */

/** @type {readonly Mark[]} */
export const MARKS = ["saved", "read", "hidden"];
const ID = /^[A-Za-z0-9][\w./-]{0,79}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** @returns {Library} */
export function emptyLibrary() {
  return { version: VERSION, papers: {}, follows: { topics: [], authors: [], filters: [] }, visits: {} };
}

/**
 * @param {string | null} text
 * @returns {{library: Library, state: "good" | "newer" | "broken"}} for broken text, the parts that are valid
 */
export function decode(text) {
  if (text === null) return { library: emptyLibrary(), state: "good" };
  try {
    const value = JSON.parse(text);
    const library = normalize(value);
    if (isRecord(value) && Number.isInteger(value.version) && value.version > VERSION) return { library, state: "newer" };
    const isComplete = text === encode(library) || canonicalJson(value) === canonicalJson(library);
    return { library, state: isComplete ? "good" : "broken" };
  } catch {
    // Invalid JSON, or nested too deeply.
    return { library: emptyLibrary(), state: "broken" };
  }
}

/** Encode deterministically: equal libraries give equal text. @param {Library} library @returns {string} */
export function encode(library) {
  return JSON.stringify(normalize(library));
}

/** @param {Library} library @param {string} id @returns {Paper | undefined} */
export function paperOf(library, id) {
  return Object.hasOwn(library.papers, id) ? library.papers[id] : undefined;
}

/** Check for a mark or a note; undone marks do not count. @param {Paper} paper */
export function hasMarks(paper) {
  return Boolean(paper.note) || MARKS.some((mark) => paper[mark]);
}

/**
 * @param {Library} library
 * @param {string} id
 * @param {Mark} mark
 * @param {boolean} on
 * @param {string} at instant of the decision
 * @param {PaperInfo} [info] from the current page; default: as stored
 * @returns {Library} unchanged if the mark is already so, or the id is invalid
 */
export function setMark(library, id, mark, on, at, info) {
  const paper = paperOf(library, id);
  const known = info ?? paper;
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
 * @param {PaperInfo} [info] from the current page; default: as stored
 * @returns {Library}
 */
export function setNote(library, id, note, info) {
  const paper = paperOf(library, id);
  const known = info ?? paper;
  if (!known || (paper?.note ?? "") === note || !ID.test(id)) return library;
  return withPaper(library, id, { ...paper, ...known, note });
}

/** Remove a paper's saved mark and its note. @param {Library} library @param {string} id @param {string} at @returns {Library} */
export function removePaper(library, id, at) {
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
 * Record a look at the site. After a pause of half an hour it starts a new visit, and the counts so far become those of the
 * previous visit.
 * @param {Visits} visits
 * @param {string} at
 * @param {Record<string, number>} [days] current papers by date
 * @returns {Visits} the same object if there is nothing to record
 */
export function addVisit(visits, at, days = {}) {
  const passed = visits.at ? Date.parse(at) - Date.parse(visits.at) : Infinity;
  const known = Object.fromEntries(Object.entries({ ...visits.days, ...days }).sort().slice(-MAX_VISIT_DATES));
  if (passed < VISIT_UPDATE_MS && canonicalJson(known) === canonicalJson(visits.days ?? {})) return visits;
  const isNew = passed > VISIT_MS && visits.at && Object.keys(visits.days ?? {}).length;
  return { ...visits, ...(isNew ? { since: visits.at, then: visits.days } : {}), at, days: known };
}

/**
 * @param {Visits} visits
 * @param {Record<string, number>} days current papers by date
 * @returns {Record<string, number>} number of papers added since the previous visit, by date, oldest first
 */
export function newPapersSince(visits, days) {
  const then = visits.then ?? {};
  const [oldest] = Object.keys(then).sort();
  if (!oldest) return {};
  const added = Object.entries(days).map(([date, papers]) => /** @type {const} */ ([date, papers - (then[date] ?? 0)]));
  return Object.fromEntries(added.filter(([date, papers]) => date >= oldest && papers > 0).sort());
}

/**
 * Record a view of the followed papers, with visits as in `addVisit`.
 * @param {Visits} visits
 * @param {FollowingView} view
 * @returns {Visits}
 */
export function addFollowingView(visits, view) {
  const { looking } = visits;
  const isNew = looking && Date.parse(view.at) - Date.parse(looking.at) > VISIT_MS;
  return { ...visits, ...(isNew ? { looked: looking } : {}), looking: view };
}

/** Drop the oldest papers that have only undone marks. @param {Library} library @returns {Library} */
export function pruneUndone(library) {
  const undone = Object.entries(library.papers).filter(([, paper]) => !hasMarks(paper));
  if (undone.length <= MAX_UNDONE) return library;
  /** @param {[string, Paper]} entry */
  const last = ([, paper]) => Object.values(paper.undone ?? {}).sort().at(-1) ?? "";
  undone.sort((one, other) => (last(one) < last(other) ? -1 : 1));
  const old = new Set(undone.slice(0, -MAX_UNDONE).map(([id]) => id));
  return { ...library, papers: Object.fromEntries(Object.entries(library.papers).filter(([id]) => !old.has(id))) };
}

/** @param {Library} library @param {string} text its encoding @returns {"" | "papers" | "size"} the exceeded limit */
export function exceededLimit(library, text) {
  if (Object.values(library.papers).filter(hasMarks).length > MAX_PAPERS) return "papers";
  return text.length > MAX_CHARS ? "size" : "";
}

/**
 * Drop invalid parts of a value, and sort the rest.
 * @param {unknown} value
 * @returns {Library}
 */
export function normalize(value) {
  const { papers, follows, visits } = isRecord(value) ? value : /** @type {Record<string, unknown>} */ ({});
  return {
    version: VERSION,
    papers: Object.fromEntries(
      Object.entries(isRecord(papers) ? papers : {})
        .flatMap(([id, paper]) => (ID.test(id) && isRecord(paper) ? [[id, normalizePaper(paper)]] : []))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
    follows: normalizeFollows(isRecord(follows) ? follows : {}),
    visits: normalizeVisits(isRecord(visits) ? visits : {}),
  };
}

/** @param {Record<string, any>} value @returns {Paper} */
function normalizePaper(value) {
  const undone = isRecord(value.undone) ? normalizeMarks(value.undone) : {};
  return {
    ...normalizeMarks(value),
    ...(Object.keys(undone).length ? { undone } : {}),
    ...(isText(value.note) ? { note: value.note } : {}),
    title: isText(value.title) ? value.title : "",
    authors: texts(value.authors),
    ...(Number.isSafeInteger(value.more) && value.more > 0 ? { more: value.more } : {}),
    date: isText(value.date) && DATE.test(value.date) ? value.date : "",
  };
}

/** @param {Record<string, unknown>} value @returns {Marks} */
function normalizeMarks(value) {
  return Object.fromEntries(MARKS.flatMap((mark) => (isInstant(value[mark]) ? [[mark, value[mark]]] : [])));
}

/** @param {Record<string, unknown>} value @returns {Follows} */
function normalizeFollows({ topics, authors, filters }) {
  const known = Array.isArray(filters) ? filters.filter((one) => isRecord(one) && isText(one.query)) : [];
  return {
    topics: [...new Set(texts(topics))].sort(),
    authors: [...new Set(texts(authors))].sort(),
    filters: known.map(({ query, org }) => ({ query, ...(isText(org) ? { org } : {}) })),
  };
}

/** @param {Record<string, unknown>} value @returns {Visits} */
function normalizeVisits({ at, days, since, then, looking, looked }) {
  return {
    ...(isInstant(at) ? { at } : {}),
    ...(isRecord(days) ? { days: normalizeDays(days) } : {}),
    ...(isInstant(since) ? { since } : {}),
    ...(isRecord(then) ? { then: normalizeDays(then) } : {}),
    ...(isFollowingView(looking) ? { looking: normalizeView(looking) } : {}),
    ...(isFollowingView(looked) ? { looked: normalizeView(looked) } : {}),
  };
}

/** @param {Record<string, unknown>} days @returns {Record<string, number>} */
function normalizeDays(days) {
  return Object.fromEntries(
    Object.entries(days)
      .flatMap(([date, papers]) => (DATE.test(date) && typeof papers === "number" ? [[date, papers]] : []))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** @param {unknown} value @returns {value is FollowingView} */
function isFollowingView(value) {
  return isRecord(value) && isInstant(value.at) && isText(value.date) && DATE.test(value.date);
}

/** @param {FollowingView} view @returns {FollowingView} */
function normalizeView({ at, date, ids }) {
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

/** @param {unknown} value @returns {string} JSON with sorted keys */
export function canonicalJson(value) {
  return JSON.stringify(value, (_, part) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part,
  );
}
