/**
 * One step through the queries asked before; the place behind the last is the draft that was being typed.
 * @param {readonly string[]} asked oldest first
 * @param {{at: number, draft: string}} place at: asked.length for the draft
 * @param {string} text in the field now, which is not offered again
 * @param {1 | -1} step
 * @returns {{at: number, draft: string, text: string} | null} null: there is nothing further
 */
export function recall(asked, { at, draft }, text, step) {
  if (at >= asked.length) draft = text;
  for (let next = Math.min(at, asked.length) + step; next >= 0 && next <= asked.length; next += step) {
    const found = next === asked.length ? draft : asked[next];
    if (found !== text || next === asked.length) return { at: next, draft, text: found };
  }
  return null;
}
