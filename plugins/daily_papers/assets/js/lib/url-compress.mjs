// A text as part of an address: deflated where the browser can, in the letters an address may hold. "z" or "t" says which.

/** Messengers and mail cut longer addresses, and some browsers their own. */
export const LINK_CHARS = 32_000;

/** @param {string} text @returns {Promise<string>} */
export async function pack(text) {
  const bytes = new TextEncoder().encode(text);
  if (typeof CompressionStream === "undefined") return `t${toLetters(bytes)}`;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `z${toLetters(new Uint8Array(await new Response(stream).arrayBuffer()))}`;
}

/**
 * @param {string} packed
 * @param {number} limit bytes of text at the most: a short address may hold a very long text
 * @returns {Promise<string | undefined>} undefined where it is none, is longer, or cannot be had in this browser
 */
export async function unpack(packed, limit) {
  try {
    const bytes = fromLetters(packed.slice(1));
    const stream = new Blob([bytes]).stream();
    if (packed[0] === "t") return await take(stream, limit);
    return packed[0] === "z" ? await take(stream.pipeThrough(new DecompressionStream("deflate-raw")), limit) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} limit @returns {Promise<string | undefined>} */
async function take(stream, limit) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  let text = "";
  for (let taken = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    taken += value.length;
    if (taken > limit) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** @param {Uint8Array} bytes @returns {string} base64url */
function toLetters(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} letters @returns {Uint8Array<ArrayBuffer>} */
function fromLetters(letters) {
  return Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
