const PREFIX = "xaiwidgets.";

/**
 * @param {string} key
 * @returns {string | null} what this browser was told to remember
 */
export function remembered(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null; // A page in a sandbox has no store: all is as on the first visit.
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // The next visit is as the first one.
  }
}
