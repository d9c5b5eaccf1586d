import { h, fillList } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { HANDLES, moveWindow, resizeWindow } from "./geometry.js";
import { currentWindow, drawInTrail, parentWindow, sameTrail, trailAfterKey } from "./trail.js";
import { wholeOf } from "./zoom.js";

/** @import { Handle } from "./geometry.js" */
/** @import { ExplorerBinding } from "./types.js" */
/** @import { Figure } from "../../ui/figure.js" */
/** @import { Point, WindowBox } from "../../lib/types.js" */

/** A shorter drag is a click, in screen pixels. */
const DRAG_FROM = 4;
const SIDES = ["top", "right", "bottom", "left"];

/** @typedef {(trail: WindowBox[], from: Point, to: Point, whole: WindowBox) => WindowBox[]} Gesture */

/**
 * The windows over a picture, and the hand that draws, moves and resizes them.
 * @param {ExplorerBinding} model
 * @param {Figure} figure
 */
export function windowsView(model, figure) {
  const outer = h("div.xai-outer-windows");
  const current = windowElement();
  figure.layers.append(outer);
  figure.stage.append(h("div.xai-window-layer", current.root));
  const whole = () => wholeOf(model);

  function show() {
    const trail = model.get("trail");
    const last = trail.at(-1);
    current.root.hidden = !last;
    if (last) figure.place(current.root, last);
    const [top, , height] = model.view.part ?? whole();
    current.root.classList.toggle("xai-at-top", Boolean(last && last[0] - top < 0.06 * height));
    fillList(outer, trail.slice(0, -1), () => h("div.xai-outer-window"), figure.place);
    if (!model.isStatic) figure.stage.setAttribute("aria-label", describe(last ?? null));
  }
  model.watch(["trail", "picture"], show);
  model.watchView(["part"], show);

  if (model.isStatic) return;
  figure.stage.classList.add("xai-drawable");
  figure.stage.tabIndex = 0;
  figure.stage.dataset.lmSuppressShortcuts = "true";
  figure.stage.setAttribute("role", "application");
  listenToPointer(model, figure, whole);
  listenToKeys(model, figure, whole);
}

function windowElement() {
  const sides = SIDES.map((side) =>
    h("div.xai-side.xai-live", { "data-gesture": "move", "data-side": side }),
  );
  const handles = HANDLES.map((handle) =>
    h("div.xai-handle.xai-live", { "data-gesture": "resize", "data-handle": handle }),
  );
  const grip = h(
    "div.xai-grip.xai-live",
    { "data-gesture": "move", title: "drag to move the window" },
    icon("grip"),
  );
  return { root: h("div.xai-window", ...sides, ...handles, grip) };
}

/** @param {WindowBox | null} window */
function describe(window) {
  if (!window) return "Picture, no window. Enter makes one.";
  const [top, left, height, width] = window;
  return (
    `Picture with a window of ${height} by ${width} pixels at row ${top}, column ${left}. ` +
    "Arrows move it, Shift and arrows resize it, Enter goes deeper, Escape or a double click goes back."
  );
}

/**
 * @param {EventTarget | null} target
 * @returns {Gesture} what a drag means that starts there
 */
function gestureAt(target) {
  const data = target instanceof HTMLElement ? target.dataset : {};
  if (!data.gesture) return drawInTrail;
  return (trail, from, to, whole) => {
    const last = currentWindow(trail, whole);
    const parent = parentWindow(trail, whole);
    const [rows, columns] = [to.row - from.row, to.column - from.column];
    const handle = /** @type {Handle} */ (data.handle);
    const changed =
      data.gesture === "move"
        ? moveWindow(last, rows, columns, parent)
        : resizeWindow(last, handle, rows, columns, parent);
    return [...trail.slice(0, -1), changed];
  };
}

/**
 * @param {ExplorerBinding} model
 * @param {Figure} figure
 * @param {() => WindowBox} whole
 */
function listenToPointer(model, figure, whole) {
  const { stage } = figure;
  /**
   * @type {{measure: (event: PointerEvent) => Point, gesture: Gesture, from: Point, x: number, y: number,
   *   trail: WindowBox[], moved: boolean, pointer: number} | null}
   */
  let drag = null;

  /** @param {PointerEvent} event */
  function start(event) {
    const measure = figure.ruler();
    if (model.view.kernel === "gone" || drag || !measure || event.button !== 0 || !event.isPrimary) return;
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    event.preventDefault();
    const { clientX: x, clientY: y, pointerId: pointer } = event;
    drag = {
      measure,
      gesture: gestureAt(event.target),
      from: measure(event),
      x,
      y,
      trail: model.get("trail"),
      moved: false,
      pointer,
    };
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= DRAG_FROM;
    if (!drag.moved) return;
    if (!model.view.drawing) model.setView({ drawing: true });
    const trail = drag.gesture(drag.trail, drag.from, drag.measure(event), whole());
    if (!sameTrail(trail, model.get("trail"))) model.set({ trail });
  }

  /** @param {PointerEvent} event */
  function end(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (event.type === "pointercancel" && drag.moved) model.set({ trail: drag.trail });
    drag = null;
    model.setView({ drawing: false });
    model.flush();
  }

  function back() {
    const trail = model.get("trail");
    if (trail.length) model.set({ trail: trail.slice(0, -1) });
  }

  stage.addEventListener("pointerdown", start);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("dblclick", back);
}

/**
 * @param {ExplorerBinding} model
 * @param {Figure} figure
 * @param {() => WindowBox} whole
 */
function listenToKeys(model, figure, whole) {
  figure.stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const old = model.get("trail");
    const trail = trailAfterKey(old, event.key, event.shiftKey, model.get("grid"), whole());
    if (!trail) return;
    event.preventDefault();
    if (!sameTrail(trail, old)) model.set({ trail });
  });
}
