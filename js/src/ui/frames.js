/** @import { WidgetModel } from "../lib/types.js" */

/**
 * Tells the kernel, once for each, that a frame of its answer is on the screen.
 * @param {WidgetModel} model
 * @param {AbortSignal} signal ends the view: its notebook may be closed, and its kernel no more to be written to
 * @returns {(frame: number) => void} of one drawn just now: what is drawn in one animation frame is seen by the next
 */
export function createAcknowledge(model, signal) {
  let painted = -1;
  return (frame) => {
    if (model.static || frame <= painted) return;
    painted = frame;
    requestAnimationFrame(() => {
      if (!signal.aborted) model.send({ command: "painted", frame });
    });
  };
}
