import { h, oncePerFrame, svg, watchWidth } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { drawPlot } from "../../ui/plot/axes.js";
import { plotFigure } from "../../ui/plot/key.js";
import { domainOf } from "../../ui/plot/scale.js";
import { isInside } from "../../lib/polygon.js";
import { createLasso } from "../../ui/lasso.js";
import { markOf } from "./selection.js";

/** @import { PoisonBinding } from "./types.js" */

const HEIGHT = 300;
const MARGIN = 0.05;

/**
 * The class along its two first singular vectors; a lasso chooses.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function scatterView(model, el, signal) {
  const holder = h("div.xai-poison-scatter", { title: "Draw around pictures to choose them" });
  const variance = h("p.xai-label");
  el.append(h("h3", "Along two singular vectors"), plotFigure(holder), variance);
  /** @type {ReturnType<typeof drawPlot> | null} */
  let drawn = null;
  /** @type {[number, number][]} */
  let points = [];
  const lasso = createLasso(
    holder,
    () => drawn !== null,
    (polygon) => {
      const indices = model.get("signature")?.indices ?? [];
      model.set({ selection: Array.from(indices).filter((_, i) => isInside(polygon, ...points[i])) });
    },
  );

  const paint = oncePerFrame(() => {
    const signature = model.get("signature");
    const width = holder.clientWidth;
    if (signal.aborted || !width || !signature) return;
    const { projections, indices } = signature;
    const [first, second] = [0, 1].map((axis) => Array.from(indices, (_, i) => projections[2 * i + axis]));
    const [xs, ys] = [first, second].map(padded);
    drawn = drawPlot(
      {
        label: `${indices.length} pictures along two singular vectors`,
        x: { name: "first singular vector", domain: xs, format: short },
        y: { name: "second", domain: ys },
        lines: [],
      },
      { width, height: HEIGHT },
    );
    const { x, y } = drawn;
    points = first.map((value, i) => [x(value), y(second[i])]);
    const chosen = new Set(model.get("selection"));
    const poisons = model.get("poisons")?.poisoned;
    const marks = { poisoned: model.get("poisoned"), clean: model.get("clean") };
    const dots = (/** @type {(i: number) => unknown} */ holds) =>
      points.map(([left, top], i) => (holds(i) ? `M${left} ${top}h0` : "")).join("");
    drawn.element.append(
      svg("path", { class: "xai-poison-dots", d: dots(() => true) }),
      svg("path", { class: "xai-poison-dots xai-poison-chosen", d: dots((i) => chosen.has(indices[i])) }),
      svg("path", {
        class: "xai-poison-dots xai-poison-clean",
        d: dots((i) => markOf(marks, indices[i]) === "clean"),
      }),
      svg("path", {
        class: "xai-poison-dots xai-poison-marked",
        d: dots((i) => markOf(marks, indices[i]) === "poisoned"),
      }),
      svg("path", { class: "xai-poison-dots xai-poison-known", d: dots((i) => poisons?.[i]) }),
      lasso,
    );
    holder.replaceChildren(drawn.element);
    variance.textContent =
      `${signature.variance.map((share) => percent(share)).join(" and ")} of the ` +
      `variance of the class; what varies most need not be the trigger`;
  });

  model.watch(["signature", "selection", "poisoned", "clean", "poisons"], paint);
  watchWidth(holder, signal, paint);
}

/** @param {number[]} values @returns {[number, number]} with room for dots at the ends */
function padded(values) {
  const [low, high] = domainOf([{ y: values }]);
  const room = MARGIN * (high - low || 1);
  return [low - room, high + room];
}
