import { NOTHING_SHOWN, shownOf, TRAITS } from "./shown.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownState } from "./shown.js" */

/** What a view knows at first. */
export const VIEW = { hover: null, rule: [], shown: NOTHING_SHOWN, part: null, drawing: false };

/**
 * Whether a layer's map was computed ahead, and can be shown although the kernel has gone.
 * @type {import("../../ui/binding.js").IsKnown}
 */
export const isMapKnown = (get, name, value) => name === "layer" && String(value ?? "") in get("layer_maps");

/**
 * Keeps `shown` in the view's state; views watch that.
 * @param {ExplorerBinding} model
 */
export function followShown(model) {
  let last = /** @type {ShownState | null} */ (null);
  model.watch([...TRAITS], () => {
    const state = /** @type {ShownState} */ (
      Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]))
    );
    // One message may change several traits, and each is told of.
    if (TRAITS.every((name) => last?.[name] === state[name])) return;
    last = state;
    model.setView({ shown: shownOf(state, model.view.shown) });
  });
}
