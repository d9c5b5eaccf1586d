import { classesOf, colouringOf, statesOf } from "./colours.js";
import { between, frameOf, placesOf } from "./scene.js";

/** @import { VectorMapBinding } from "./types.js" */

/** Milliseconds in which points go from where they were to where they are. */
const WAY = 240;

/** What is known of all pictures. @param {VectorMapBinding} model */
export const knownOf = (model) => ({
  count: model.get("count"),
  colour: model.get("colour"),
  labels: model.get("labels"),
  predicted: model.get("predicted"),
  scores: model.get("scores"),
});

/**
 * Keeps up to date where points are drawn, and how.
 * @param {VectorMapBinding} model
 * @param {AbortSignal} signal
 */
export function followPlane(model, signal) {
  model.watch(["count", "colour", "labels", "predicted", "scores"], () =>
    model.setView({ colouring: colouringOf(knownOf(model)) }),
  );
  model.watch(["count", "colour", "labels", "predicted", "dimmed", "selection"], () => {
    const known = knownOf(model);
    const states = statesOf(known.count, classesOf(known), model.get("dimmed"), model.get("selection"));
    model.setView({ states });
  });

  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let number = 0;
  /** @type {unknown[]} what is in the frame */
  let shown = [];
  model.watch(["plane", "crosses"], () => {
    const plane = model.get("plane");
    if (!plane) return;
    const frame = frameOf([...plane.points, ...model.get("crosses").flatMap(({ x, y }) => [x, y])]);
    const now = [plane, frame.x, frame.y, frame.half];
    if (now.every((each, i) => each === shown[i])) return;
    shown = now;
    const [from, to] = [model.view.places, placesOf(plane.points, frame)];
    const [begin, mine] = [performance.now(), (number += 1)];
    model.setView({ frame });
    if (!from || from.length !== to.length || isStill.matches) {
      model.setView({ places: to });
      return model.acknowledge(plane.frame);
    }
    /** @param {number} now */
    function go(now) {
      if (mine !== number || signal.aborted) return;
      const share = Math.min(1, (now - begin) / WAY);
      model.setView({ places: share < 1 ? between(from ?? to, to, Math.max(0, share)) : to });
      if (share < 1) requestAnimationFrame(go);
    }
    requestAnimationFrame(go);
    model.acknowledge(plane.frame);
  });
}
