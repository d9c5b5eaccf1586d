import { ticks as niceTicks } from "d3-array";
import { h, fillList } from "../lib/dom.js";
import { colourOf, cssColour } from "../lib/colour.js";
import { colourRange } from "../lib/maps.js";
import { signed } from "../lib/numbers.js";

/** @import { Binding } from "../lib/binding.js" */

const STEPS = 41;
const READINGS = { shapley: "contribution to", linear: "linear fit of", tree: "tree fit of" };

/**
 * The colour bar with its numbers, and what hatching means.
 * @param {Binding} model
 * @param {HTMLElement} el
 */
export function legendView(model, el) {
  const title = h("span", { class: "xai-legend-title" });
  const bar = h("div", { class: "xai-colour-bar", "aria-hidden": "true" });
  const ticks = h("div", { class: "xai-ticks" });
  const swatch = h("span", { class: "xai-hatched", "aria-hidden": "true" });
  const doubt = h("span", { class: "xai-doubt" }, swatch, "sign not yet certain: |value| < 2 standard errors");
  const root = h("div", { class: "xai-legend" }, title, h("div", { class: "xai-scale" }, bar, ticks), doubt);
  el.append(root);

  function show() {
    const { main, others, reading } = model.view.shown;
    root.hidden = !main.attribution;
    if (!main.attribution) return;
    const range = colourRange(model);
    const labels = [main, ...others].flatMap(({ attribution }) => (attribution ? `“${attribution.label}”` : []));
    title.textContent = `${READINGS[reading]} the ${main.attribution.output} of ${[...new Set(labels)].join(" / ")}`;
    doubt.hidden = reading !== "shapley";
    bar.style.background = gradient(range, model.get("opacity"));
    fillList(ticks, niceTicks(-range, range, 5), () => h("span"), (tick, value) => {
      tick.textContent = signed(value);
      tick.style.left = `${50 + (50 * value) / range}%`;
    });
  }
  model.watch(["color_range", "opacity"], show);
  model.watchView(["shown"], show);
}

/** @param {number} range @param {number} opacity */
function gradient(range, opacity) {
  const stops = Array.from({ length: STEPS }, (_, i) => {
    const share = (2 * i) / (STEPS - 1) - 1;
    return `${cssColour(colourOf(share * range, range), opacity)} ${(100 * i) / (STEPS - 1)}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")}), #fff`;
}
