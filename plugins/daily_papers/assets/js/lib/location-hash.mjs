// The fragment of the page's URL, and navigation within the page.

/** @returns {string} the fragment without "#", percent-decoded; undecoded if the encoding is invalid */
export function hashValue() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Call `callback` on each navigation within this page until `owner` leaves the document. Material's instant navigation
 * changes the URL before it replaces the page: events of another path are ignored.
 * @param {Element} owner
 * @param {"hashchange" | "popstate"} event
 * @param {() => unknown} callback
 */
export function onNavigation(owner, event, callback) {
  const { pathname } = location;
  const listener = () => {
    if (!owner.isConnected) removeEventListener(event, listener);
    else if (location.pathname === pathname) callback();
  };
  addEventListener(event, listener);
}
