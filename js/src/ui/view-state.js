/**
 * What one view knows and the kernel need not; who watches a part of it is told when it is set.
 * @template {object} S
 * @template {object} V
 * @param {S} shared what every view knows
 * @param {V} own what a view of this widget knows besides
 * @param {AbortSignal} signal ends the view
 */
export function createViewState(shared, own, signal) {
  const view = { ...shared, ...own };
  const changes = new EventTarget();

  /** @param {string} name */
  const tell = (name) => void changes.dispatchEvent(new Event(name));

  /** @param {readonly string[]} names @param {() => void} listener */
  function hear(names, listener) {
    for (const name of names) changes.addEventListener(name, () => listener(), { signal });
  }

  /** @param {Partial<S> | Partial<S & V>} values */
  function setView(values) {
    Object.assign(view, values);
    Object.keys(values).forEach(tell);
  }

  /**
   * Calls the listener now and whenever one of these is set.
   * @param {Extract<keyof (S & V), string>[]} names
   * @param {() => void} listener
   */
  function watchView(names, listener) {
    hear(names, listener);
    listener();
  }
  return { view, setView, watchView, tell, hear };
}
