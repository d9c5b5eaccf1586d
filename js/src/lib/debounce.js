/**
 * One call for many requests, when none has come for a while.
 * @param {() => void} action
 * @param {number} wait milliseconds
 */
export function debounce(action, wait) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
}
