import { createFilmstrip } from "../../ui/filmstrip.js";
import { CHOOSING, markChosen, selecting } from "../../ui/selecting.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * The pictures that can be asked about; Ctrl and a click choose one for other widgets.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function filmView(model, el, signal) {
  const { root } = createFilmstrip(model, el, signal);
  selecting(model, root, signal, (button) => [...root.children].indexOf(button));
  model.watch(["pictures", "selection"], () => {
    const pictures = model.get("pictures");
    const chosen = new Set(model.get("selection"));
    /** @type {HTMLElement[]} */ ([...root.children]).forEach((button, place) => {
      markChosen(button, chosen.has(place));
      button.title = `${pictures[place].name}; ${CHOOSING}`;
    });
  });
}
