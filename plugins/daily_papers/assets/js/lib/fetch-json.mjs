// Files of data beside the pages: each is asked for once, and asked for again only where that failed.

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/**
 * @param {string} address
 * @returns {Promise<any>} what the JSON there says; rejects where there is none
 */
export function load(address) {
  // From another page, which instant navigation may have put here, the same words lead elsewhere.
  const { href } = new URL(address, document.baseURI);
  let answer = asked.get(href);
  if (!answer) {
    answer = fetch(href).then((response) => {
      if (!response.ok) throw new Error(`${href}: ${response.status}`);
      return response.json();
    });
    answer.catch(() => asked.delete(href));
    asked.set(href, answer);
  }
  return answer;
}
