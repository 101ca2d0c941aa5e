// Cached JSON requests: one request per URL, repeated only after a failure.

/** @type {Map<string, Promise<any>>} */
const responses = new Map();

/**
 * @param {string} url relative to the current page
 * @returns {Promise<any>} the parsed JSON; rejects on a network error, an HTTP error status or invalid JSON
 */
export function fetchJson(url) {
  // After instant navigation the same relative URL resolves to another file.
  const { href } = new URL(url, document.baseURI);
  let response = responses.get(href);
  if (!response) {
    response = fetch(href).then((answer) => {
      if (!answer.ok) throw new Error(`${href}: ${answer.status}`);
      return answer.json();
    });
    response.catch(() => responses.delete(href));
    responses.set(href, response);
  }
  return response;
}
