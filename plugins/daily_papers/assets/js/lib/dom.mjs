// Element construction. Children given as strings become text nodes: nothing here parses HTML.

/** @typedef {keyof HTMLElementTagNameMap} TagName */

/**
 * Create an element with the given properties, data attributes and children.
 * @template {string} T a tag name; one of a custom element gives a plain HTMLElement
 * @param {T} tag
 * @param {Partial<Omit<T extends TagName ? HTMLElementTagNameMap[T] : HTMLElement, "dataset" | "style">> &
 *   {data?: Record<string, string>}} [properties] assigned in their order, so that `loading` can precede `src`
 * @param {...(Node | string)} children
 * @returns {T extends TagName ? HTMLElementTagNameMap[T] : HTMLElement}
 */
export function element(tag, { data, ...properties } = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  Object.assign(created.dataset, data);
  created.append(...children);
  return /** @type {any} */ (created);
}
