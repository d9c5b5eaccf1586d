import { ticks } from "../../lib/ticks.js";
import { h, oncePerFrame, svg, watchWidth } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { linearScale } from "../../ui/plot/scale.js";

/**
 * @typedef {object} Row accuracies of one kind
 * @property {string} name
 * @property {readonly [number, number]} spread
 * @property {number[]} all
 * @property {number} start
 * @property {number} best
 */

const NAME = 64;
const ROW = 34;
const BAND = 18;
const AXIS = 20;
const RIGHT = 22;
const TICK_DISTANCE = 90;

/**
 * From the least to the most accurate of all trainings, each a hair, with the start and the best.
 * @param {AbortSignal} signal
 */
export function createRange(signal) {
  const root = h("div.xai-accuracies");
  /** @type {{rows: Row[], domain: [number, number], label: string} | null} */
  let shown = null;

  const paint = oncePerFrame(() => {
    const width = root.clientWidth;
    if (signal.aborted || !shown || !width) return;
    const { rows, domain, label } = shown;
    const height = rows.length * ROW + AXIS;
    const x = linearScale(domain, [NAME, width - RIGHT]);
    const places = ticks(...domain, Math.max(2, Math.floor((width - NAME) / TICK_DISTANCE)));
    // As many digits as tell two neighbours apart, in percent.
    const digits =
      places.length < 2 ? 1 : Math.max(0, -Math.floor(Math.log10(100 * (places[1] - places[0])) + 1e-9));
    const axis = places.flatMap((value) => [
      svg("path", { class: "xai-grid-line", d: `M${x(value)} 0V${height - AXIS + 4}` }),
      svg("text", { x: x(value), y: height - 4, "text-anchor": "middle" }, percent(value, digits)),
    ]);
    const drawn = rows.flatMap((row, i) => drawRow(row, x, i * ROW + (ROW - BAND) / 2));
    root.replaceChildren(
      svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...axis, ...drawn),
    );
  });
  watchWidth(root, signal, paint);

  /** @param {Row[]} rows @param {[number, number]} domain @param {string} label */
  function show(rows, domain, label) {
    shown = { rows, domain, label };
    paint();
  }
  return { root, show };
}

/** @param {Row} row @param {(value: number) => number} x @param {number} top */
function drawRow({ name, spread: [least, most], all, start, best }, x, top) {
  const bottom = top + BAND;
  const middle = (top + bottom) / 2;
  const left = x(least);
  /** @param {number} value @param {Element} mark */
  const known = (value, mark) => (Number.isFinite(value) ? [mark] : []);
  return [
    svg("text", { x: 0, y: middle + 4 }, name),
    svg("rect", {
      class: "xai-spread",
      x: left - 1,
      y: top,
      width: Math.max(0, x(most) - left) + 2,
      height: BAND,
      rx: 2,
    }),
    svg("path", {
      class: "xai-hairs",
      d: all
        .filter(Number.isFinite)
        .map((value) => `M${x(value)} ${top}v${BAND}`)
        .join(""),
    }),
    ...known(start, svg("path", { class: "xai-start", d: `M${x(start)} ${top - 4}V${bottom + 4}` })),
    svg("path", { class: "xai-best-mark", d: "M0-7L7 6H-7Z", transform: `translate(${x(best)} ${middle})` }),
  ];
}
