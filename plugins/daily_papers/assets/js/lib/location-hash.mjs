// What stands behind the "#" of the page's address, and who is told that the address has changed.

/** @returns {string} decoded; as it is where it is no code */
export function anchor() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Call `moved` whenever the reader moves within this page, until `owner` has left it. Where Material swaps pages, an
 * address may be that of the next one while the last still stands.
 * @param {Element} owner
 * @param {"hashchange" | "popstate"} event
 * @param {() => unknown} moved
 */
export function watchAddress(owner, event, moved) {
  const { pathname } = location;
  const now = () => {
    if (!owner.isConnected) removeEventListener(event, now);
    else if (location.pathname === pathname) moved();
  };
  addEventListener(event, now);
}
