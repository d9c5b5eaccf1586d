import { h } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";
import { centreWindow, viewAround, wholePicture } from "./geometry.js";
import { currentWindow, parentWindow, sameTrail } from "./trail.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Picture, Point, WindowBox } from "../../lib/types.js" */

/** @param {ExplorerBinding} model @returns {WindowBox} */
export const wholeOf = (model) =>
  wholePicture(model.get("picture")?.height ?? 0, model.get("picture")?.width ?? 0);

/**
 * Keeps `part` in the view's state: what fills the stage. It stays where it is while a hand draws.
 * @param {ExplorerBinding} model
 */
export function followZoom(model) {
  function follow() {
    if (model.view.drawing) return;
    const window = model.get("trail").at(-1);
    model.setView({ part: window && model.get("zoom") ? viewAround(window, wholeOf(model)) : null });
  }
  model.watch(["trail", "picture", "zoom"], follow);
  model.watchView(["drawing"], follow);
}

/**
 * The whole picture in a corner, with the place of the window on it, which a hand may move there.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} stage
 */
export function miniMapView(model, stage) {
  const canvas = h("canvas");
  const frame = h("div.xai-mini-window");
  const root = h(
    "div.xai-mini-map",
    { "aria-hidden": "true", title: "drag to move the window" },
    canvas,
    frame,
  );
  stage.append(root);
  /** @type {Picture | null} */
  let painted = null;

  function show() {
    const [picture, window] = [model.get("picture"), model.get("trail").at(-1)];
    root.hidden = !(model.view.part && picture && window);
    if (!picture || !window || root.hidden) return;
    if (picture !== painted) paintPicture(canvas, picture);
    painted = picture;
    const [top, left, height, width] = window;
    const share = (/** @type {number} */ part, /** @type {number} */ all) => `${(100 * part) / all}%`;
    Object.assign(frame.style, {
      top: share(top, picture.height),
      left: share(left, picture.width),
      height: share(height, picture.height),
      width: share(width, picture.width),
    });
  }
  model.watch(["trail", "picture"], show);
  model.watchView(["part"], show);
  if (!model.isStatic) dragOn(root, model);
}

/**
 * @param {HTMLElement} root of the mini-map
 * @param {ExplorerBinding} model
 */
function dragOn(root, model) {
  let place = root.getBoundingClientRect(); // where it lay when the drag began: the page may move under the hand
  /** @param {PointerEvent} event @returns {Point} */
  function pointOf({ clientX, clientY }) {
    const { left, top, width, height } = place;
    const [, , rows, columns] = wholeOf(model);
    return { row: ((clientY - top) * rows) / height, column: ((clientX - left) * columns) / width };
  }
  /** @param {PointerEvent} event */
  function move(event) {
    event.stopPropagation();
    if (!root.hasPointerCapture(event.pointerId)) return;
    const [trail, whole] = [model.get("trail"), wholeOf(model)];
    const window = centreWindow(currentWindow(trail, whole), pointOf(event), parentWindow(trail, whole));
    const moved = [...trail.slice(0, -1), window];
    if (!sameTrail(moved, trail)) model.set({ trail: moved });
  }
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    root.setPointerCapture(event.pointerId);
    place = root.getBoundingClientRect();
    move(event);
  });
  root.addEventListener("pointermove", move);
  root.addEventListener("dblclick", (event) => event.stopPropagation());
}
