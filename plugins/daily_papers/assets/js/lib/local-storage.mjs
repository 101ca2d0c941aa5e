// What a reader leaves on this device: small values by name in localStorage, as JSON. Where storage is refused, as in some
// private windows, or what lies there is broken, reading gives the fallback and writing says that nothing was kept.

const PREFIX = "daily-papers.";

/**
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @returns {T}
 */
export function read(name, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/**
 * @param {string} name
 * @param {unknown} value undefined forgets it
 * @returns {boolean} whether it was kept
 */
export function write(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
