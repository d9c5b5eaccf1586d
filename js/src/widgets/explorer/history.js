/**
 * One step through the queries asked before; the place behind the last is the draft that was being typed.
 * @param {readonly string[]} queries oldest first
 * @param {{at: number, draft: string}} place at: queries.length for the draft
 * @param {string} text in the field now, which is not offered again
 * @param {1 | -1} step
 * @returns {{at: number, draft: string, text: string} | null} null: there is nothing further
 */
export function recall(queries, { at, draft }, text, step) {
  if (at >= queries.length) draft = text;
  for (let next = Math.min(at, queries.length) + step; next >= 0 && next <= queries.length; next += step) {
    const found = next === queries.length ? draft : queries[next];
    if (found !== text || next === queries.length) return { at: next, draft, text: found };
  }
  return null;
}
