import { scrubber } from "../../ui/scrubber.js";
import { placeText, seenAt } from "./text.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * Where on the way from the picture to the boundary one looks.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function scrubberView(model, el, signal) {
  const show = scrubber(model, el, signal, {
    name: "Morph",
    title: "From the picture to the boundary, and past it as far as it takes for a clear answer",
    last: () => model.view.morph?.curves.at.at(-1) ?? 1,
    spoken: (position) => {
      const { morph } = model.view;
      return morph ? `${placeText(morph, position)}: ${seenAt(morph, position)}` : "";
    },
  });
  model.watchView(["morph"], () => show(Boolean(model.view.morph)));
}
