/** @import { WidgetModel } from "../lib/types.js" */

/**
 * Tells the kernel, once for each, that a frame of its answer is on the screen.
 * @param {WidgetModel} model
 * @returns {(frame: number) => void} of one drawn just now: what is drawn in one animation frame is seen by the next
 */
export function createAcknowledge(model) {
  let painted = -1;
  return (frame) => {
    if (model.static || frame <= painted) return;
    painted = frame;
    requestAnimationFrame(() => model.send({ command: "painted", frame }));
  };
}
