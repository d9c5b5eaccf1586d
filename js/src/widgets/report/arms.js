import { h } from "../../ui/dom.js";
import { count } from "../../lib/numbers.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { SERIES } from "../../ui/plot/series.js";
import { shareText } from "./text.js";

/** @import { ReportBinding } from "./types.js" */
/** @import { ShownArm } from "../../schema/report/output.js" */

/** @type {readonly ["accuracy" | "precision" | "recall" | "f1", string][]} */
const MEASURES = [
  ["accuracy", "Right"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["f1", "F1"],
];

/**
 * Accuracy, precision, recall and F1 of each arm, and chance (i-Algebra, figures 8 and 10, table 2).
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 */
export function armsView(model, el) {
  const plots = h("div.xai-report-measures");
  el.append(h("section", { "aria-label": "Arms", "data-export": "" }, h("h3", "By arm"), plots));
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    plots.replaceChildren(
      ...MEASURES.map(([measure, name]) =>
        h(
          "div",
          h("h4", name),
          intervalPlot(
            report.arms.map((arm, i) => ({
              name: `${arm.arm}, n = ${count(arm.people)}`,
              kind: SERIES[i % SERIES.length],
              estimate: arm[measure],
              text: shareText(arm[measure]),
            })),
            [0, 1],
            measure === "accuracy" ? report.chance : null,
            name,
          ),
        ),
      ),
      h("p.xai-label", "The dashed line is what guessing gives."),
    );
  });
}

/**
 * How helpful people found it (CDeepEx, figure 5.9).
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 */
export function ratingsView(model, el) {
  const list = h("div.xai-report-ratings", { "data-export": "" });
  el.append(h("h3", "How helpful people found it"), list);
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    const rated = report.arms.filter(({ ratings }) => ratings.some(Boolean));
    list.replaceChildren(
      ...rated.map((arm) => ratingsOf(arm, report.ratings, SERIES[report.arms.indexOf(arm) % SERIES.length])),
    );
    if (!rated.length) list.replaceChildren(h("p.xai-label", "Nobody who saw one arm only has rated it."));
  });
}

/** @param {ShownArm} arm @param {readonly string[]} names @param {string} kind */
function ratingsOf({ arm, ratings }, names, kind) {
  const most = Math.max(1, ...ratings);
  return h(
    `section.xai-${kind}`,
    { "aria-label": arm },
    h("h4", arm),
    ...names.map((name, i) => {
      const bar = h("span.xai-report-bar");
      bar.style.width = `${(100 * ratings[i]) / most}%`;
      return h("div.xai-report-rating", h("span", name), h("span", bar), h("span", count(ratings[i])));
    }),
  );
}
