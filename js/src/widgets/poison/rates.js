import { h } from "../../ui/dom.js";
import { rateText } from "./text.js";

/** @import { IntervalEstimate } from "../../lib/schema.js" */

/**
 * A rate as a bar with its interval; a control is paler.
 * @param {string} name
 * @param {IntervalEstimate | null} rate
 * @param {boolean} [isControl]
 */
export function rateBar(name, rate, isControl = false) {
  const fill = h("span.xai-poison-rate-fill");
  const whisker = h("span.xai-poison-rate-interval");
  const root = h(
    "div.xai-poison-rate",
    h("span", name),
    h("span.xai-poison-rate-track", fill, whisker),
    h("span", rate ? rateText(rate) : "not known yet"),
  );
  root.classList.toggle("xai-poison-rate-control", isControl);
  if (rate) {
    fill.style.width = `${100 * rate.value}%`;
    Object.assign(whisker.style, { left: `${100 * rate.low}%`, width: `${100 * (rate.high - rate.low)}%` });
  }
  return root;
}
