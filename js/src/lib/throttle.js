/**
 * At most one call in `wait` milliseconds, the first at once, and the last request is never lost.
 * @param {() => void} action
 * @param {number} wait
 */
export function throttle(action, wait) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  let asked = false;

  function open() {
    timer = null;
    if (asked) request();
  }

  function request() {
    if (timer !== null) {
      asked = true;
      return;
    }
    asked = false;
    timer = setTimeout(open, wait);
    action();
  }

  /** What is still waiting happens now. */
  function flush() {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (!asked) return;
    asked = false;
    action();
  }

  return Object.assign(request, { flush });
}
