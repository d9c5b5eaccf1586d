import { cellsOfStroke, gridOf } from "../lib/mask.js";
import { h, setAttribute } from "./dom.js";

/** @import { Picture } from "../lib/types.js" */

/** Cells around the one that is pointed at. */
const BRUSH = 0.75;
const KEYS = "Arrow keys move the brush, Space paints or erases a cell";
/** @type {Readonly<Record<string, [down: number, right: number]>>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Cells of a picture that are painted or erased by strokes, or cell by cell by keys; what a stroke has painted is
 * handed on when the hand lets go.
 * @param {HTMLElement} stage shows the picture
 * @param {object} mask
 * @param {() => Picture | null} mask.picture null: it cannot be painted on now
 * @param {() => readonly number[]} mask.cells
 * @param {() => boolean} mask.isErasing
 * @param {(cells: readonly number[]) => void} mask.draw
 * @param {(cells: number[]) => void} mask.onPainted
 */
export function maskPainter(stage, mask) {
  stage.classList.add("xai-mask-stage");
  for (const [name, value] of Object.entries({ tabindex: 0, role: "application", title: KEYS }))
    setAttribute(stage, name, value);
  setAttribute(stage, "aria-label", `Paint. ${KEYS}`);
  stage.dataset.lmSuppressShortcuts = "true";
  const brush = h("div.xai-brush", { hidden: true });
  stage.append(brush);
  /** @type {Set<number> | null} */
  let painted = null;
  /** @type {[number, number] | null} */
  let last = null;
  const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
    stage.addEventListener(type, listener);
  const inOrder = (/** @type {Iterable<number>} */ cells) => [...cells].sort((a, b) => a - b);

  /** @param {PointerEvent} event */
  function stroke(event) {
    const picture = mask.picture();
    if (!painted || !picture) return;
    const box = stage.getBoundingClientRect();
    const grid = gridOf(picture);
    /** @type {[number, number]} */
    const here = [
      ((event.clientY - box.top) / box.height) * grid.rows,
      ((event.clientX - box.left) / box.width) * grid.columns,
    ];
    for (const cell of cellsOfStroke(last ?? here, here, BRUSH, grid))
      if (mask.isErasing()) painted.delete(cell);
      else painted.add(cell);
    last = here;
    mask.draw([...painted]);
  }
  on("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (event.button || !event.isPrimary || !mask.picture()) return;
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    brush.hidden = true;
    painted = new Set(mask.cells());
    last = null;
    stroke(event);
  });
  on("pointermove", stroke);
  const end = () => {
    if (painted) mask.onPainted(inOrder(painted));
    painted = null;
  };
  on("pointerup", end);
  on("pointercancel", end);

  /** @type {[row: number, column: number]} */
  let at = [0, 0];
  on("blur", () => (brush.hidden = true));
  on("keydown", (/** @type {KeyboardEvent} */ event) => {
    const picture = mask.picture();
    const step = STEPS[event.key];
    if (!picture || event.ctrlKey || event.metaKey || event.altKey || (!step && event.key !== " ")) return;
    event.preventDefault();
    const { rows, columns } = gridOf(picture);
    if (step && !brush.hidden) at = [at[0] + step[0], at[1] + step[1]];
    at = [Math.max(0, Math.min(rows - 1, at[0])), Math.max(0, Math.min(columns - 1, at[1]))];
    brush.hidden = false;
    const [height, width] = [100 / rows, 100 / columns];
    const [top, left] = [at[0] * height, at[1] * width];
    Object.assign(brush.style, {
      top: `${top}%`,
      left: `${left}%`,
      height: `${height}%`,
      width: `${width}%`,
    });
    if (step) return;
    const [cell, cells] = [at[0] * columns + at[1], new Set(mask.cells())];
    if (!cells.delete(cell)) cells.add(cell);
    mask.draw([...cells]);
    mask.onPainted(inOrder(cells));
  });
}
