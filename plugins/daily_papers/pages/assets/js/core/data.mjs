// Files of data beside the pages: each is asked for once, and asked for again only where that failed.

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/**
 * @param {string} address
 * @returns {Promise<any>} what the JSON there says; rejects where there is none
 */
export function load(address) {
  let answer = asked.get(address);
  if (!answer) {
    answer = fetch(address).then((response) => {
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      return response.json();
    });
    answer.catch(() => asked.delete(address));
    asked.set(address, answer);
  }
  return answer;
}
