/**
 * The classes whose name fits what was typed: those that start with it, then those with a word that does, then the
 * rest; shorter names first.
 * @param {readonly string[]} classes
 * @param {string} typed
 * @param {number} [limit]
 * @returns {{index: number, label: string}[]}
 */
export function findClasses(classes, typed, limit = 8) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [];
  const hits = [];
  for (const [index, label] of classes.entries()) {
    const rank = rankOf(label.toLowerCase(), wanted);
    if (rank >= 0) hits.push({ index, label, rank });
  }
  hits.sort((a, b) => a.rank - b.rank || a.label.length - b.label.length || a.index - b.index);
  return hits.slice(0, limit).map(({ index, label }) => ({ index, label }));
}

/** @param {string} label @param {string} wanted */
function rankOf(label, wanted) {
  const at = label.indexOf(wanted);
  if (at <= 0) return at;
  for (let i = at; i !== -1; i = label.indexOf(wanted, i + 1)) if (/[\s,_/(-]/.test(label[i - 1])) return 1;
  return 2;
}
