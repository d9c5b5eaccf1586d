import { h } from "../dom.js";

/** @import { IntervalEstimate } from "../../schema/shared.js" */

/**
 * @typedef {object} IntervalRow a number with its interval
 * @property {string} name
 * @property {string} [kind] gives its colour
 * @property {IntervalEstimate | null} estimate
 * @property {string} text
 */

/**
 * Numbers as points on one scale, each with its interval as a line; a level that all are held against is a line down.
 * @param {readonly IntervalRow[]} rows
 * @param {[low: number, high: number]} domain
 * @param {number | null} level
 * @param {string} label for those who do not see it
 */
export function intervalPlot(rows, [low, high], level, label) {
  const place = (/** @type {number | null} */ value, /** @type {number} */ unknown) => {
    const share = value === null || !Number.isFinite(value) ? unknown : (value - low) / (high - low || 1);
    return 100 * Math.max(0, Math.min(1, share));
  };
  return h(
    "div.xai-intervals",
    { role: "group", "aria-label": label },
    ...rows.map(({ name, kind = "series-1", estimate, text }) => {
      const track = h("span.xai-interval-track");
      if (level !== null) {
        const line = h("span.xai-interval-level");
        line.style.left = `${place(level, 0)}%`;
        track.append(line);
      }
      if (estimate) {
        const [from, to] = [place(estimate.low, 0), place(estimate.high, 1)];
        const whisker = h("span.xai-interval-whisker");
        Object.assign(whisker.style, { left: `${from}%`, width: `${to - from}%` });
        const point = h("span.xai-interval-point");
        point.style.left = `${place(estimate.value, 0.5)}%`;
        track.append(whisker, point);
      }
      return h(`div.xai-interval.xai-${kind}`, h("span", name), track, h("span.xai-interval-text", text));
    }),
  );
}
