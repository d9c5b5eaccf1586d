import { h, oncePerFrame } from "../lib/dom.js";
import { cellAt } from "../lib/maps.js";
import { paintMap, paintPicture, showsSquares } from "../lib/paint.js";

/** @import { Picture, Point, WindowBox } from "../lib/types.js" */
/** @import { CellMap } from "../lib/maps.js" */

const LARGEST = 448;

/**
 * @typedef {object} FigureState
 * @property {Picture | null} picture
 * @property {CellMap | null} map
 * @property {number} range
 * @property {number} opacity
 *
 * @typedef {ReturnType<typeof createFigure>} Figure
 */

/**
 * A picture with its map: canvases, the shade outside a window, the outlined cell. It knows no model.
 * @param {string} name for those who do not see it
 * @param {AbortSignal} signal
 * @param {(state: FigureState) => void} onPainted
 */
export function createFigure(name, signal, onPainted) {
  const base = h("canvas", { class: "xai-picture", role: "img" });
  const overlay = h("canvas", { class: "xai-overlay", role: "img" });
  const shade = h("div", { class: "xai-shade" });
  const outline = h("div", { class: "xai-cell-outline" });
  const tip = h("div", { class: "xai-tip", "aria-hidden": "true" });
  const layers = h("div", { class: "xai-layers" }, base, overlay, shade, outline);
  const stage = h("div", { class: "xai-stage" }, layers, tip);

  /** @type {FigureState} */
  let state = { picture: null, map: null, range: 1, opacity: 1 };
  /** @type {Picture | null} */
  let shown = null;

  function paintBase() {
    const { picture } = state;
    if (!picture || picture === shown) return;
    shown = picture;
    paintPicture(base, picture);
    base.setAttribute("aria-label", `${name}, ${picture.height} by ${picture.width} pixels`);
    stage.style.aspectRatio = `${picture.width} / ${picture.height}`;
    stage.style.maxWidth = `${Math.round(LARGEST * Math.min(1, picture.width / picture.height))}px`;
  }

  /** @type {{map: CellMap | null, range: number, width: number, height: number} | null} */
  let painted = null;

  function paintOverlay() {
    const { picture, map, range } = state;
    const density = globalThis.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(layers.clientWidth * density));
    const height = Math.max(1, Math.round(layers.clientHeight * density));
    const now = { map, range, width, height };
    if (painted && Object.entries(now).every(([name, value]) => painted?.[/** @type {keyof typeof now} */ (name)] === value)) return;
    painted = picture ? now : null;
    overlay.width = width;
    overlay.height = height;
    const context = overlay.getContext("2d");
    if (!picture || !context) return;
    base.classList.toggle("xai-squares", showsSquares(layers.clientWidth / picture.width));
    const scale = { x: width / picture.width, y: height / picture.height };
    if (map) paintMap(context, map, scale, { range, opacity: 1, line: density });
    overlay.setAttribute("aria-label", map ? describeMap(map) : "no map yet");
  }

  const paint = oncePerFrame(() => {
    if (signal.aborted) return;
    paintBase();
    paintOverlay();
    onPainted(state);
  });

  const resized = new ResizeObserver(paint);
  resized.observe(layers);
  signal.addEventListener("abort", () => resized.disconnect());

  /** @param {FigureState} next */
  function draw(next) {
    state = next;
    // The browser blends the whole map at once: opacity needs no painting.
    overlay.style.setProperty("--xai-map-opacity", String(state.opacity));
    paintBase();
    paint();
  }

  /** @param {HTMLElement} element @param {WindowBox} window */
  function place(element, [top, left, height, width]) {
    if (!state.picture) return;
    element.style.top = `${(100 * top) / state.picture.height}%`;
    element.style.left = `${(100 * left) / state.picture.width}%`;
    element.style.height = `${(100 * height) / state.picture.height}%`;
    element.style.width = `${(100 * width) / state.picture.width}%`;
  }

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
    const [top, bottom] = [map.rowEdges[cell.row], map.rowEdges[cell.row + 1]];
    const [left, right] = [map.columnEdges[cell.column], map.columnEdges[cell.column + 1]];
    place(outline, [top, left, bottom - top, right - left]);
    tip.textContent = text;
    const middle = (left + right) / 2 / picture.width;
    tip.style.left = `${100 * middle}%`;
    tip.style.setProperty("--xai-tip-shift", `${-100 * middle}%`);
    const above = top > 0.12 * picture.height;
    tip.style.top = above ? `${(100 * top) / picture.height}%` : `${(100 * bottom) / picture.height}%`;
    tip.classList.toggle("xai-tip-below", !above);
  }

  /** @param {PointerEvent} event @returns {Point | null} */
  function pointOf(event) {
    const box = layers.getBoundingClientRect();
    const { picture } = state;
    if (!picture || !box.width || !box.height) return null;
    return {
      row: ((event.clientY - box.top) * picture.height) / box.height,
      column: ((event.clientX - box.left) * picture.width) / box.width,
    };
  }

  /** @param {PointerEvent} event */
  function cellOf(event) {
    const point = pointOf(event);
    return point && state.map && cellAt(state.map, point);
  }

  pointOut(null);
  shadeOutside(null);
  return { stage, overlay, draw, place, shadeOutside, pointOut, pointOf, cellOf };
}

/** @param {CellMap} map */
function describeMap({ rows, columns, values }) {
  const strongest = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
  const place = `row ${Math.floor(strongest / columns) + 1}, column ${(strongest % columns) + 1}`;
  return `map of ${rows} by ${columns} cells; the strongest, ${values[strongest]?.toPrecision(3)}, is at ${place}`;
}
