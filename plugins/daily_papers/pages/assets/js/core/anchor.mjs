// What stands behind the "#" of the page's address.

/** @returns {string} decoded; as it is where it is no code */
export function anchor() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
