import { percent } from "../../lib/numbers.js";
import { scrubber } from "../../ui/scrubber.js";

/** @import { TextBinding } from "./types.js" */

/**
 * Where on the way from the sentence to the boundary one looks.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function scrubberView(model, el, signal) {
  const show = scrubber(model, el, signal, {
    name: "Way to the boundary",
    title: "From the sentence to the boundary",
    last: () => 1,
    spoken: (position) => `${percent(position, 0)} of the way`,
  });
  model.watch(["contrast"], () => show(Boolean(model.get("contrast")?.converged)));
}
