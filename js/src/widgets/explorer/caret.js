// The kernel counts columns in code points, JavaScript in UTF-16 units.

/**
 * @param {string} text
 * @param {number} column in code points
 * @returns {number} the offset in the JavaScript string
 */
export function offsetOfColumn(text, column) {
  return Array.from(text).slice(0, Math.max(0, column)).join("").length;
}

/**
 * The part of a query around a column, and a line with the mark to stand under it.
 * @param {string} text
 * @param {number} column in code points; the end of the text is a column too
 * @param {number} [width] of the part
 * @returns {{excerpt: string, mark: string}}
 */
export function caretUnder(text, column, width = 48) {
  const characters = Array.from(text, (character) => (/\s/.test(character) ? " " : character));
  const at = Math.max(0, Math.min(column, characters.length));
  const start = Math.max(0, Math.min(at - Math.floor(width / 2), characters.length - width));
  const stop = Math.min(characters.length, start + width);
  const before = start > 0 ? "…" : "";
  const after = stop < characters.length ? "…" : "";
  return {
    excerpt: before + characters.slice(start, stop).join("") + after,
    mark: " ".repeat(before.length + at - start) + "^",
  };
}
