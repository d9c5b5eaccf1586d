import { h } from "./dom.js";
import { rateText } from "../lib/numbers.js";

/** @import { IntervalEstimate } from "../schema/shared.js" */

/**
 * A rate as a bar with its interval; a control is paler.
 * @param {string} name
 * @param {IntervalEstimate | null} rate
 * @param {boolean} [isControl]
 */
export function rateBar(name, rate, isControl = false) {
  const fill = h("span.xai-rate-fill");
  const whisker = h("span.xai-rate-interval");
  const root = h(
    "div.xai-rate",
    h("span", name),
    h("span.xai-rate-track", fill, whisker),
    h("span", rate ? rateText(rate) : "not known yet"),
  );
  root.classList.toggle("xai-rate-control", isControl);
  if (rate) {
    fill.style.width = `${100 * rate.value}%`;
    Object.assign(whisker.style, { left: `${100 * rate.low}%`, width: `${100 * (rate.high - rate.low)}%` });
  }
  return root;
}
