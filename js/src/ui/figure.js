import { fillList, h, oncePerFrame, watchWidth } from "./dom.js";
import { cellAt, cellBox, describeMap } from "../lib/maps.js";
import { showsSquares } from "./paint.js";
import { paintMap } from "./paint-map.js";
import { createStage, nameOverlay } from "./stage.js";

/** @import { Picture, Point, WindowBox } from "../lib/types.js" */
/** @import { ShownRule } from "../schema/shared.js" */
/** @import { CellMap } from "../lib/maps.js" */
/** @import { Look } from "./paint-map.js" */

/**
 * @typedef {object} FigureState
 * @property {Picture | null} picture
 * @property {CellMap | null} map
 * @property {Look} look
 * @property {number} opacity
 *
 * @typedef {ReturnType<typeof createFigure>} Figure
 */

/**
 * A picture with its map: canvases, the shade outside a window, the outlined cell. It knows no model.
 * @param {() => string} name for those who do not see it
 * @param {AbortSignal} signal
 * @param {(state: FigureState) => void} onPainted
 */
export function createFigure(name, signal, onPainted) {
  const { stage, layers, base, overlay, words, show } = createStage();
  const shade = h("div.xai-shade");
  const marks = h("div");
  const outline = h("div.xai-cell-outline");
  const tip = h("div.xai-tip", { "aria-hidden": "true" });
  layers.append(shade, marks, outline);
  stage.append(tip);

  /** @type {FigureState} */
  let state = { picture: null, map: null, look: { range: 1, look: "cells", hatching: true }, opacity: 1 };
  /** @type {WindowBox | null} the part of the picture that fills the stage; null: all of it */
  let view = null;
  /** @type {Picture | null} */
  let shown = null;

  function paintBase() {
    const { picture } = state;
    if (!picture || picture === shown) return;
    shown = picture;
    show(picture, name());
  }

  /** @type {unknown[]} what the overlay shows */
  let painted = [];

  function paintOverlay() {
    const { picture, map, look } = state;
    // Not laid out, as for a moment while the theme around changes: what is painted will serve again.
    if (!layers.clientWidth) return;
    const density = globalThis.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(layers.clientWidth * density));
    const height = Math.max(1, Math.round(layers.clientHeight * density));
    const part = visible();
    const now = [picture, map, look.range, look.look, look.hatching, width, height, ...part];
    if (now.length === painted.length && now.every((value, i) => value === painted[i])) return;
    painted = now;
    overlay.width = width;
    overlay.height = height;
    const context = overlay.getContext("2d");
    if (!picture || !context) return;
    base.classList.toggle("xai-squares", showsSquares(layers.clientWidth / part[3]));
    if (map) paintMap(context, map, part, look, density);
    nameOverlay(overlay, map ? describeMap(map) : "no map yet");
  }

  const paint = oncePerFrame(() => {
    if (signal.aborted) return;
    paintBase();
    paintOverlay();
    onPainted(state);
  });

  watchWidth(layers, signal, paint);

  /** @param {FigureState} next */
  function draw(next) {
    state = next;
    // The browser blends the whole map at once: opacity needs no painting.
    overlay.style.setProperty("--xai-map-opacity", String(state.opacity));
    paintBase();
    placeBase();
    paint();
  }

  /** @returns {WindowBox} the part of the picture that fills the stage */
  const visible = () => view ?? [0, 0, state.picture?.height ?? 1, state.picture?.width ?? 1];

  /** Shows a part of the picture. @param {WindowBox | null} part null: all of it */
  function zoom(part) {
    view = part;
    placeBase();
    paint();
  }

  function placeBase() {
    if (!state.picture) return;
    for (const part of [base, words]) place(part, [0, 0, state.picture.height, state.picture.width]);
  }

  /** @param {HTMLElement} element @param {WindowBox} window */
  function place(element, [top, left, height, width]) {
    const { picture } = state;
    if (!picture) return;
    const [row, column, rows, columns] = visible();
    const share = (/** @type {number} */ part, /** @type {number} */ all) => `${(100 * part) / all}%`;
    Object.assign(element.style, {
      top: share(top - row, rows),
      left: share(left - column, columns),
      height: share(height, rows),
      width: share(width, columns),
    });
  }

  /** @param {boolean} stale whether the map answers an older question */
  const markStale = (stale) => void overlay.classList.toggle("xai-stale", stale);

  /** @param {WindowBox | null} window null: no part of the picture is dimmed */
  function shadeOutside(window) {
    shade.hidden = !window;
    if (window) place(shade, window);
  }

  /** @param {{row: number, column: number} | null} cell @param {string} [text] */
  function pointOut(cell, text = "") {
    const { map, picture } = state;
    const known = cell && map && picture && cell.row < map.rows && cell.column < map.columns;
    outline.hidden = !known;
    tip.hidden = !known || !text;
    if (!known) return;
    const box = cellBox(map, cell.row, cell.column);
    const [row, column, rows, columns] = visible();
    const [top, left, height, width] = [box[0] - row, box[1] - column, box[2], box[3]];
    place(outline, box);
    tip.textContent = text;
    const middle = Math.max(0, Math.min(1, (left + width / 2) / columns));
    tip.style.left = `${100 * middle}%`;
    tip.style.setProperty("--xai-tip-shift", `${-100 * middle}%`);
    const above = top > 0.12 * rows;
    tip.style.top = `${(100 * (above ? top : Math.min(rows, top + height))) / rows}%`;
    tip.classList.toggle("xai-tip-below", !above);
  }

  /** @param {ShownRule["cells"]} cells outlined: those that must be there, and those that must not */
  function mark(cells) {
    const { map } = state;
    const known = map ? cells.filter(([row, column]) => row < map.rows && column < map.columns) : [];
    fillList(
      marks,
      known,
      () => h("div"),
      (element, [row, column, present]) => {
        element.className = present ? "xai-mark" : "xai-mark xai-absent";
        if (map) place(element, cellBox(map, row, column));
      },
    );
  }

  /**
   * A drag measures by where the picture lay when it began: the page may move under the hand.
   * @returns {((event: PointerEvent) => Point) | null}
   */
  function ruler() {
    const { left, top, width, height } = layers.getBoundingClientRect();
    if (!state.picture || !width || !height) return null;
    const [row, column, rows, columns] = visible();
    return ({ clientX, clientY }) => ({
      row: row + ((clientY - top) * rows) / height,
      column: column + ((clientX - left) * columns) / width,
    });
  }

  /** @param {PointerEvent} event */
  function cellOf(event) {
    const point = ruler()?.(event);
    return point && state.map ? cellAt(state.map, point) : null;
  }

  pointOut(null);
  shadeOutside(null);
  return { stage, layers, draw, zoom, markStale, place, shadeOutside, pointOut, mark, ruler, cellOf };
}
