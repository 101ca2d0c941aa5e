// Colour of the card drawn for a paper without a picture.

const TONES = 12;

/**
 * The same formula as `tone` in site/components/paper_view.py: a paper has one colour on every page.
 * @param {string} id
 * @returns {number} index of the class dp-t0 to dp-t11
 */
export function cardTone(id) {
  return new TextEncoder().encode(id).reduce((sum, byte) => sum + byte, 0) % TONES;
}
