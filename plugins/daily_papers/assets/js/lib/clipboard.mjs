// Copying text, also where the asynchronous clipboard API is not available.

import { element } from "./dom.mjs";

/**
 * @param {string} text
 * @returns {Promise<boolean>} true if the text was copied
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Permission denied, or a page without HTTPS.
    return copyWithSelection(text);
  }
}

/** @param {string} text */
function copyWithSelection(text) {
  const focused = document.activeElement;
  const area = element("textarea", { value: text, className: "dp-sr-only" });
  (document.querySelector(".dp") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
