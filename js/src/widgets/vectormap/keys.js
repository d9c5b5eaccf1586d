import { STEP, toggle } from "./hands.js";
import { lensOf, moved, neighbour, nextPicture, WHOLE, zoomed } from "./scene.js";
import { classesOf } from "./colours.js";
import { knownOf } from "./follow.js";
import { pictureText } from "./text.js";

/** @import { Size } from "./scene.js" */
/** @import { VectorMapBinding } from "./types.js" */

/** @type {Readonly<Record<string, [right: number, up: number]>>} */
const SIDES = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * The map by keys: from point to point, class by class, choosing and zooming.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} holder
 * @param {{size: () => Size, choose: (pictures: number[], more: boolean) => void, say: (text: string) => void}} map
 */
export function addKeys(model, holder, { size, choose, say }) {
  const classes = () => classesOf(knownOf(model)) ?? new Int32Array(model.get("count"));

  /** @param {number} at */
  function go(at) {
    model.setView({ at, camera: keptInSight(model, at, size()) });
    const chosen = model.get("selection").includes(at) ? ", chosen" : "";
    say(at < 0 ? "" : `${pictureText(toldOf(model), at)}${chosen}`);
  }
  /** @param {number} factor */
  function zoom(factor) {
    const { width, height } = size();
    const point = { x: width / 2, y: height / 2 };
    model.setView({ camera: factor ? zoomed(model.view.camera, factor, size(), point) : WHOLE });
  }

  /** @type {Record<string, (at: number, event: KeyboardEvent) => void>} */
  const actions = {
    n: (at) => go(nextPicture(classes(), at, 1, "same")),
    p: (at) => go(nextPicture(classes(), at, -1, "same")),
    c: (at, { shiftKey }) => go(nextPicture(classes(), at, shiftKey ? -1 : 1, "next")),
    a: (at) => {
      const all = classes();
      if (at >= 0)
        choose(
          [...Array.from(all).keys()].filter((i) => all[i] === all[at]),
          false,
        );
    },
    "+": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    0: () => zoom(0),
    escape: () => choose([], false),
    " ": (at) => {
      if (at < 0) return;
      toggle(model, at, true, choose);
      go(at);
    },
  };
  holder.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !model.view.places) return;
    const { at, places } = model.view;
    const side = SIDES[event.key];
    const action = actions[event.key.toLowerCase()];
    if (side) go(at < 0 ? nextPicture(classes(), at, 1, "same") : neighbour(places, at, ...side));
    else if (action) action(at, event);
    else return;
    event.preventDefault();
  });
}

/** @param {VectorMapBinding} model */
export const toldOf = (model) => ({
  classes: model.get("classes"),
  labels: model.get("labels"),
  predicted: model.get("predicted"),
  scores: model.get("scores"),
});

/**
 * The camera, moved to a point that it does not show.
 * @param {VectorMapBinding} model
 * @param {number} at
 * @param {Size} size
 */
function keptInSight({ view: { camera, places } }, at, size) {
  if (!places || at < 0) return camera;
  const { scale, left, top } = lensOf(size, camera);
  const [x, y] = [left + places[2 * at] * scale, top - places[2 * at + 1] * scale];
  const seen = x >= 0 && y >= 0 && x <= size.width && y <= size.height;
  return seen ? camera : moved(camera, size, size.width / 2 - x, size.height / 2 - y);
}
