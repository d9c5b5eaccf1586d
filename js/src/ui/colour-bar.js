import { ticks as niceTicks } from "../lib/ticks.js";
import { h, fillList } from "./dom.js";
import { colourOf, cssColour } from "../lib/colour.js";
import { signed } from "../lib/numbers.js";

const STEPS = 41;

/**
 * What the colours mean: a title, the colours, their numbers.
 * @param {number} numbers about so many
 * @param {...HTMLElement} notes what stands below
 */
export function createColourBar(numbers, ...notes) {
  const title = h("span.xai-legend-title");
  const bar = h("div.xai-colour-bar", { "aria-hidden": "true" });
  const ticks = h("div.xai-ticks");
  const root = h(
    "div.xai-legend",
    { "data-export": "" },
    title,
    h("div.xai-colour-scale", bar, ticks),
    ...notes,
  );

  /** @param {string} text @param {number} range @param {number} opacity */
  function show(text, range, opacity) {
    title.textContent = text;
    bar.style.background = gradient(range, opacity);
    fillList(
      ticks,
      niceTicks(-range, range, numbers),
      () => h("span"),
      (tick, value) => {
        tick.textContent = signed(value);
        tick.style.left = `${50 + (50 * value) / range}%`;
      },
    );
  }
  return { root, show };
}

/** @param {number} range @param {number} opacity */
function gradient(range, opacity) {
  const stops = Array.from({ length: STEPS }, (_, i) => {
    const share = (2 * i) / (STEPS - 1) - 1;
    return `${cssColour(colourOf(share * range, range), opacity)} ${(100 * i) / (STEPS - 1)}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")}), #fff`;
}
