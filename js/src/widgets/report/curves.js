import { h } from "../../ui/dom.js";
import { short, wholeText } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { SERIES } from "../../ui/plot/series.js";
import { secondsText } from "./text.js";

/** @import { ReportBinding } from "./types.js" */
/** @import { ShownReport } from "../../schema/report/output.js" */
/** @import { Line } from "../../ui/plot/scale.js" */

const HEIGHT = 240;
const TIMES_HEIGHT = 150;

/**
 * Right answers up to each question, with what guessing gives (CDeepEx, figure 5.8).
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function curvesView(model, el, signal) {
  const plot = createLinePlot(HEIGHT, signal, undefined, true);
  el.append(
    h(
      "section.xai-report-curves",
      { "aria-label": "Curves" },
      h("h3", "Right answers up to each question"),
      plot.root,
    ),
  );
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    const trials = Math.max(...report.arms.map(({ mean }) => mean.length));
    plot.show({
      label: "Mean of right answers up to each question, with 95 % intervals, and what guessing gives",
      x: { name: "question", domain: [0, trials], format: wholeText },
      y: { name: "right answers" },
      lines: [...report.arms.map(curveOf), chanceLine(report, trials)],
    });
  });
}

/** @param {ShownReport["arms"][number]} arm @param {number} number @returns {Line} */
function curveOf({ arm, mean, low, high }, number) {
  const x = Array.from({ length: mean.length + 1 }, (_, i) => i);
  const band = /** @type {const} */ ([
    [0, ...low],
    [0, ...high],
  ]);
  return { name: arm, kind: SERIES[number % SERIES.length], x, y: [0, ...mean], band };
}

/** @param {ShownReport} report @param {number} trials @returns {Line} */
const chanceLine = ({ chance }, trials) => ({
  name: "guessing",
  kind: "chance",
  x: [0, trials],
  y: [0, chance * trials],
  dashed: true,
});

/**
 * How long answers took (i-Algebra, figures 8, 10 and 12).
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function timesView(model, el, signal) {
  const medians = h("div", { "data-export": "" });
  const plot = createLinePlot(TIMES_HEIGHT, signal);
  el.append(h("h3", { title: "User response time (URT)" }, "How long answers took"), medians, plot.root);
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    const edges = report.time_edges;
    const top = edges[edges.length - 1];
    medians.replaceChildren(
      intervalPlot(
        report.arms.map(({ arm, seconds }, i) => ({
          name: arm,
          kind: SERIES[i % SERIES.length],
          estimate: seconds,
          text: secondsText(seconds),
        })),
        [0, top],
        null,
        "Median response times",
      ),
    );
    plot.show({
      label: "The share of answers by their time",
      x: { name: "seconds", domain: [0, top], format: short },
      y: { name: "share" },
      lines: report.arms.map(({ arm, times }, i) => ({
        name: arm,
        kind: SERIES[i % SERIES.length],
        x: Array.from(times, (_, bin) => (edges[bin] + edges[bin + 1]) / 2),
        y: times,
      })),
    });
  });
}
