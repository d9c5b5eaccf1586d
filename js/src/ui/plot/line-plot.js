import { h, oncePerFrame, setAttribute, svg, watchWidth } from "../dom.js";
import { short } from "../../lib/numbers.js";
import { domainOf, nearest, valueAt } from "./scale.js";
import { drawPlot } from "./axes.js";
import { key, plotFigure } from "./key.js";

/** @import { Marks, Plot } from "./scale.js" */

/** The middle of each is where its point is. */
const SHAPES = {
  circle: "M-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0",
  triangle: "M0-6L6 5H-6Z",
  cross: "M-3-3L3 3M3-3L-3 3",
};
/** Between flags that would lie on each other. */
const FLAG_GAP = 4;

/**
 * A plot as wide as its place, with a cursor, the values there in its legend, and room for flags above it.
 * @param {number} height
 * @param {AbortSignal} signal
 * @param {(x: number, y: number) => void} [onPick] where the pointer presses or drags
 * @param {boolean} [hovers] whether the cursor follows the pointer
 */
export function createLinePlot(height, signal, onPick, hovers = false) {
  const flags = h("div.xai-flags");
  const holder = h("div.xai-plot-area");
  const legend = h("figcaption.xai-plot-values");
  const root = plotFigure(flags, holder, legend);
  const cursor = svg("path", { class: "xai-cursor" });
  /** @type {(Plot & Marks) | null} */
  let plot = null;
  /** @type {ReturnType<typeof drawPlot> | null} */
  let drawn = null;
  let domain = /** @type {[number, number]} */ ([0, 1]);
  let at = /** @type {number | null} */ (null);

  let width = 0;

  const paint = oncePerFrame(() => {
    // Of what is folded in nothing is heard.
    width ||= holder.clientWidth;
    if (signal.aborted || !plot || !width) return;
    domain = plot.y.domain ?? domainOf([...plot.lines, { y: plot.levels ?? [] }]);
    drawn = drawPlot({ ...plot, y: { ...plot.y, domain } }, { width, height });
    drawMarks(drawn, plot);
    drawn.element.append(cursor);
    holder.replaceChildren(drawn.element);
    legend.replaceChildren(
      ...plot.lines.map(({ kind, dashed }) => key(kind, Boolean(dashed), h("strong"), h("span"))),
    );
    placeFlags();
    placeCursor();
  });
  watchWidth(holder, signal, (exact) => {
    const now = Math.round(exact);
    if (now === width) return;
    width = now;
    paint();
  });

  function placeCursor() {
    if (!drawn || !plot) return;
    const { box, x } = drawn;
    const format = plot.y.format ?? short;
    setAttribute(cursor, "d", at === null ? null : `M${x(at)} ${box.top}V${box.bottom}`);
    plot.lines.forEach(({ name, x: xs, y }, i) => {
      const index = at === null ? -1 : nearest(xs, at);
      const [title, value] = legend.children[i].children;
      title.textContent = typeof name === "string" ? name : name(index);
      value.textContent = index < 0 ? "" : format(y[index]);
    });
  }

  /** A flag stands on the first row that has room for it. */
  function placeFlags() {
    if (!drawn) return;
    const rows = /** @type {number[]} */ ([]);
    let tallest = 0;
    // All are measured before one is placed: the page is laid out once.
    const sizes = /** @type {HTMLElement[]} */ ([...flags.children]).map((flag) => ({
      flag,
      wide: flag.offsetWidth,
      high: flag.offsetHeight,
    }));
    for (const { flag, wide, high } of sizes) {
      const left = Math.max(0, Math.min(drawn.x(Number(flag.dataset.x)), width - wide));
      const free = rows.findIndex((end) => end + FLAG_GAP <= left);
      const row = free < 0 ? rows.length : free;
      rows[row] = left + wide;
      tallest = Math.max(tallest, high + FLAG_GAP);
      flag.style.left = `${left}px`;
      flag.style.top = `${row * tallest}px`;
    }
    flags.style.height = `${rows.length * tallest}px`;
  }

  /** @param {Plot & Marks} next */
  function show(next) {
    plot = next;
    paint();
  }

  /** @param {number | null} x */
  function point(x) {
    at = x;
    placeCursor();
  }

  /** @param {PointerEvent} event @param {(x: number, y: number) => void} use */
  function locate(event, use) {
    if (!drawn || !plot) return;
    const { left, right, top, bottom } = drawn.box;
    const place = holder.getBoundingClientRect();
    use(
      valueAt(plot.x.domain, [left, right], event.clientX - place.left),
      valueAt(domain, [bottom, top], event.clientY - place.top),
    );
  }
  if (hovers) {
    holder.addEventListener("pointermove", (event) => locate(event, point));
    holder.addEventListener("pointerleave", () => point(null));
  }
  if (onPick) {
    holder.classList.add("xai-pickable");
    /** @param {PointerEvent} event */
    const pick = (event) => locate(event, onPick);
    holder.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      holder.setPointerCapture(event.pointerId);
      event.preventDefault();
      pick(event);
    });
    holder.addEventListener(
      "pointermove",
      (event) => holder.hasPointerCapture(event.pointerId) && pick(event),
    );
  }
  return { root, flags, show, point };
}

/** @param {ReturnType<typeof drawPlot>} drawn @param {Marks} marks */
function drawMarks({ element, x, y, box }, { levels = [], stretches = [], markers = [] }) {
  element.prepend(
    ...stretches.map(({ from, to, kind = "" }) =>
      svg("path", {
        class: `xai-stretch ${kind}`,
        d: `M${x(from)} ${box.bottom}V${box.top}H${x(to)}V${box.bottom}`,
      }),
    ),
    ...levels.map((value) => svg("path", { class: "xai-level", d: `M${box.left} ${y(value)}H${box.right}` })),
  );
  element.append(
    ...markers.map(({ shape = "circle", kind, ...at }) => {
      const look = {
        class: `xai-marker xai-${kind} xai-${shape}`,
        transform: `translate(${x(at.x)} ${y(at.y)})`,
      };
      return svg("path", { ...look, d: SHAPES[shape] });
    }),
  );
}
