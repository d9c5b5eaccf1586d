const GROUPS = "[role='toolbar'], [role='group']";

/**
 * Makes one tab stop of the buttons and folds of each toolbar and group of a page, the outermost where they are nested.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function groupsAsStops(root, signal) {
  for (const group of root.querySelectorAll(GROUPS)) {
    if (group instanceof HTMLElement && !group.parentElement?.closest(GROUPS)) roving(group, signal);
  }
}

/**
 * Tab comes to the buttons of a place once, the arrow keys go from one to the next, or to the row above or below.
 * Fields there stay as they are, since they need the arrow keys themselves.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
function roving(root, signal) {
  /** @type {HTMLElement | undefined} where Tab comes in */
  let stop;

  /** What is folded is not to be reached. */
  const buttons = () =>
    /** @type {HTMLElement[]} */ ([...root.querySelectorAll("button, summary")]).filter((button) => {
      return !button.matches(
        ":disabled, [hidden], [hidden] *, details:not([open]) > :not(summary) *, details:not([open]) > button",
      );
    });

  function keepOneStop() {
    const all = buttons();
    if (!stop?.isConnected || !all.some((button) => button === stop)) {
      stop = all.find((button) => button.matches("[aria-pressed='true']")) ?? all[0];
    }
    for (const button of all)
      if (button.tabIndex !== (button === stop ? 0 : -1)) button.tabIndex = button === stop ? 0 : -1;
  }

  root.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.findIndex((button) => button === event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const row = all.filter(({ offsetTop }) => offsetTop === all[0].offsetTop).length;
    /** @type {Record<string, number>} */
    const places = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + row,
      ArrowUp: at - row,
      Home: 0,
      End: all.length - 1,
    };
    const next = places[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  });
  root.addEventListener("focusin", ({ target }) => {
    stop = buttons().find((button) => button === target) ?? stop;
    keepOneStop();
  });

  const changes = new MutationObserver(keepOneStop);
  changes.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled", "hidden", "open"] });
  signal.addEventListener("abort", () => changes.disconnect());
  keepOneStop();
}
