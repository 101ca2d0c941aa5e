// Text as a URL fragment: base64url, deflated where the browser supports it. The first letter names the encoding: "z" is
// deflate, "t" is plain UTF-8.

/** Messengers and mail programs truncate longer URLs, and so do some browsers. */
export const MAX_URL_CHARS = 32_000;

/** @param {string} text @returns {Promise<string>} */
export async function compress(text) {
  const bytes = new TextEncoder().encode(text);
  if (typeof CompressionStream === "undefined") return `t${toBase64Url(bytes)}`;
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `z${toBase64Url(new Uint8Array(await new Response(stream).arrayBuffer()))}`;
}

/**
 * @param {string} compressed
 * @param {number} maxBytes limit of the decoded text: a short URL may inflate to a very long text
 * @returns {Promise<string | undefined>} undefined if the input is invalid, too long, or not supported by the browser
 */
export async function decompress(compressed, maxBytes) {
  try {
    const bytes = fromBase64Url(compressed.slice(1));
    const stream = new Blob([bytes]).stream();
    if (compressed[0] === "t") return await readText(stream, maxBytes);
    return compressed[0] === "z" ? await readText(stream.pipeThrough(new DecompressionStream("deflate-raw")), maxBytes) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} maxBytes @returns {Promise<string | undefined>} */
async function readText(stream, maxBytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** @param {Uint8Array} bytes @returns {string} */
function toBase64Url(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} encoded @returns {Uint8Array<ArrayBuffer>} */
function fromBase64Url(encoded) {
  return Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
