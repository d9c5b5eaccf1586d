import { h, oncePerFrame, setAttribute, svg, watchWidth } from "../../ui/dom.js";
import { createLasso } from "../../ui/lasso.js";
import { watchTheme } from "../../ui/theme.js";
import { addKeys } from "./keys.js";
import { createOverlay } from "./overlay.js";
import { createPainter } from "./paint.js";
import { addHands, toolbar } from "./hands.js";
import { lensOf, pointAt, pointsInside } from "./scene.js";
import { createTip } from "./tip.js";

/** @import { VectorMapBinding } from "./types.js" */

/** So many pixels from a point it is still meant. */
export const REACH = 12;
const KEYS =
  "Arrow keys go to the nearest point on that side, N and P to the next and previous picture of the class, " +
  "C to the next class; Space chooses the picture, A its class, Escape none; plus, minus and 0 zoom. " +
  "Below, the same stands in a table.";

/**
 * The pictures as points on a canvas, with a lasso.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function mapView(model, el, signal) {
  const { holder, canvas, drawing, spoken, hint } = createHolder();
  el.append(toolbar(model), holder, spoken, hint);
  const paintPoints = createPainter(canvas);
  const overlay = createOverlay(drawing);
  const tip = createTip(model, holder, signal);

  const size = () => ({ width: holder.clientWidth, height: holder.clientHeight });
  const lens = () => lensOf(size(), model.view.camera);

  const paint = oncePerFrame(() => {
    const { places, colouring, states } = model.view;
    if (signal.aborted || !places || !holder.clientWidth) return;
    paintPoints({ places, colouring, states, lens: lens(), size: size() });
    paintOver();
  });
  function paintOver() {
    const { places, at, frame } = model.view;
    if (!places || !holder.clientWidth) return;
    overlay.show({ places, at, frame, crosses: model.get("crosses"), lens: lens() });
    tip.show(places, lens());
  }
  model.watchView(["places", "camera", "colouring", "states"], paint);
  model.watchView(["at"], paintOver);
  model.watch(["crosses"], paint);
  model.watchView(["hand"], () => setAttribute(holder, "data-hand", model.view.hand));

  watchWidth(holder, signal, paint);
  watchTheme(holder, signal, paint);

  /** @param {readonly number[]} pictures @param {boolean} more than are chosen */
  function choose(pictures, more) {
    model.set({
      selection: [...new Set([...(more ? model.get("selection") : []), ...pictures])].sort((a, b) => a - b),
    });
  }
  const lasso = createLasso(
    holder,
    (event) => model.view.hand === "lasso" && !event.shiftKey && model.view.places !== null,
    (polygon, { ctrlKey, metaKey }) =>
      choose(
        pointsInside(/** @type {Float32Array} */ (model.view.places), lens(), polygon),
        ctrlKey || metaKey,
      ),
  );
  drawing.append(lasso);

  /** @param {MouseEvent} event @returns {number} the point under the pointer */
  function under(event) {
    const { left, top } = holder.getBoundingClientRect();
    const point = { x: event.clientX - left, y: event.clientY - top };
    return model.view.places ? pointAt(model.view.places, lens(), point, REACH) : -1;
  }
  addHands(model, holder, { size, under, choose });
  addKeys(model, holder, { size, choose, say: (text) => (spoken.textContent = text) });
}

/** The canvas with a drawing over it, and what is said to those who do not see them. */
function createHolder() {
  const canvas = h("canvas.xai-points", { "aria-hidden": "true" });
  const drawing = svg("svg", { class: "xai-over-points", "aria-hidden": "true" });
  const spoken = h("span.xai-spoken", { "aria-live": "polite" });
  const hint = h("span.xai-spoken", { id: `xai-${Math.random().toString(36).slice(2)}` }, KEYS);
  const attributes = { tabindex: 0, role: "application", "aria-label": "Map of the pictures" };
  const holder = h(
    "div.xai-map",
    { ...attributes, "aria-describedby": hint.id, "data-export": "" },
    canvas,
    drawing,
  );
  return { holder, canvas, drawing, spoken, hint };
}
