/**
 * Measures how long something was in sight: it stands still while any reason holds it.
 * @param {() => number} now in milliseconds
 */
export function createClock(now) {
  let begun = 0;
  let away = 0;
  /** @type {number | null} */
  let heldSince = null;
  /** @type {Set<string>} */
  const reasons = new Set();

  /** Begins at 0; what holds it, holds on. */
  function start() {
    begun = now();
    away = 0;
    heldSince = reasons.size ? begun : null;
  }

  /** @param {string} reason */
  function hold(reason) {
    if (!reasons.size) heldSince = now();
    reasons.add(reason);
  }

  /** @param {string} reason */
  function release(reason) {
    if (!reasons.delete(reason) || reasons.size || heldSince === null) return;
    away += now() - heldSince;
    heldSince = null;
  }

  /** In seconds. */
  function read() {
    const held = away + (heldSince === null ? 0 : now() - heldSince);
    return { seconds: (now() - begun - held) / 1000, away: held / 1000 };
  }

  return { start, hold, release, read };
}
