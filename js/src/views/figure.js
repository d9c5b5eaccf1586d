import { fillList, h, oncePerFrame } from "../lib/dom.js";
import { cellAt, cellBox } from "../lib/maps.js";
import { paintMap, showsSquares } from "../lib/paint.js";
import { createStage } from "./stage.js";

/** @import { Picture, Point, WindowBox } from "../lib/types.js" */
/** @import { RuleCell } from "../lib/explorer-types.js" */
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
 * @param {() => string} name for those who do not see it
 * @param {AbortSignal} signal
 * @param {(state: FigureState) => void} onPainted
 */
export function createFigure(name, signal, onPainted) {
  const { stage, layers, base, overlay, show } = createStage(LARGEST);
  const shade = h("div.xai-shade");
  const marks = h("div");
  const outline = h("div.xai-cell-outline");
  const tip = h("div.xai-tip", { "aria-hidden": "true" });
  layers.append(shade, marks, outline);
  stage.append(tip);

  /** @type {FigureState} */
  let state = { picture: null, map: null, range: 1, opacity: 1 };
  /** @type {Picture | null} */
  let shown = null;

  function paintBase() {
    const { picture } = state;
    if (!picture || picture === shown) return;
    shown = picture;
    show(picture, name());
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
    const { picture } = state;
    if (!picture) return;
    const [down, right] = [picture.height, picture.width].map((all) => (/** @type {number} */ part) => `${(100 * part) / all}%`);
    Object.assign(element.style, { top: down(top), left: right(left), height: down(height), width: right(width) });
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
    const box = cellBox(map, cell.row, cell.column);
    const [top, left, height, width] = box;
    place(outline, box);
    tip.textContent = text;
    const middle = (left + width / 2) / picture.width;
    tip.style.left = `${100 * middle}%`;
    tip.style.setProperty("--xai-tip-shift", `${-100 * middle}%`);
    const above = top > 0.12 * picture.height;
    tip.style.top = `${(100 * (above ? top : top + height)) / picture.height}%`;
    tip.classList.toggle("xai-tip-below", !above);
  }

  /** @param {RuleCell[]} cells outlined: those that must be there, and those that must not */
  function mark(cells) {
    const { map } = state;
    const known = map ? cells.filter(([row, column]) => row < map.rows && column < map.columns) : [];
    fillList(marks, known, () => h("div"), (element, [row, column, present]) => {
      element.className = present ? "xai-mark" : "xai-mark xai-absent";
      if (map) place(element, cellBox(map, row, column));
    });
  }

  /**
   * A drag measures by where the picture lay when it began: the page may move under the hand.
   * @returns {((event: PointerEvent) => Point) | null}
   */
  function ruler() {
    const { left, top, width, height } = layers.getBoundingClientRect();
    const { picture } = state;
    if (!picture || !width || !height) return null;
    return ({ clientX, clientY }) => ({
      row: ((clientY - top) * picture.height) / height,
      column: ((clientX - left) * picture.width) / width,
    });
  }

  /** @param {PointerEvent} event */
  function cellOf(event) {
    const point = ruler()?.(event);
    return point && state.map ? cellAt(state.map, point) : null;
  }

  pointOut(null);
  shadeOutside(null);
  return { stage, overlay, draw, place, shadeOutside, pointOut, mark, ruler, cellOf };
}

/** @param {CellMap} map */
function describeMap({ rows, columns, values }) {
  const strongest = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
  const place = `row ${Math.floor(strongest / columns) + 1}, column ${(strongest % columns) + 1}`;
  return `map of ${rows} by ${columns} cells; the strongest, ${values[strongest]?.toPrecision(3)}, is at ${place}`;
}
