import { h } from "../../ui/dom.js";
import { short } from "../../lib/numbers.js";
import { createTable } from "../../ui/table.js";
import { chanceText, differenceText, powerText } from "./text.js";

/** @import { ReportBinding } from "./types.js" */
/** @import { ShownArmPair } from "../../schema/report/output.js" */

const RIGHT = { claim: "more right than", isShare: true };

/**
 * Each arm against each before it, corrected for their number; each against guessing; how many people it would take.
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 */
export function testsView(model, el) {
  const heads = [
    "arms",
    "difference",
    h("span", { title: "The p-value of this test alone" }, "p"),
    h("span", { title: "After Holm, for the number of pairs" }, "corrected"),
    h("span", { title: "The test" }, "by"),
    "verdict",
  ];
  const table = createTable("xai-report-tests", "Tests", heads);
  const chance = h("ul.xai-report-chance");
  const power = h("p.xai-report-power");
  el.append(
    h(
      "section",
      { "aria-label": "Tests", "data-export": "" },
      h("h3", "Is it more than luck?"),
      h("div.xai-report-scroll", { tabindex: 0, role: "region", "aria-label": "Tests of arms" }, table.root),
      chance,
      power,
    ),
  );
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    const rows = [
      ...report.pairs.map((pair) => ({ pair, ...RIGHT })),
      ...report.by_item.map((pair) => ({ pair, ...RIGHT, among: ", item by item" })),
      ...report.slower.map((pair) => ({ pair, claim: "takes longer than", isShare: false })),
    ];
    table.show(
      rows,
      (row) => textsOf(row),
      ({ pair }) => pair.corrected !== null && pair.corrected < 0.05,
    );
    table.root.hidden = !rows.length;
    chance.replaceChildren(...report.arms.map((arm) => h("li", chanceText(arm))));
    power.textContent = powerText(report.power);
  });
}

/** @param {{pair: ShownArmPair, claim: string, among?: string, isShare: boolean}} row */
function textsOf({ pair, claim, among = "", isShare }) {
  const { arm, other, difference, pvalue, corrected, method, verdict } = pair;
  const p = (/** @type {number | null} */ value) => (value === null ? "–" : short(value));
  return [
    `${arm} ${claim} ${other}${among}`,
    differenceText(difference, isShare),
    p(pvalue),
    p(corrected),
    method,
    verdict.split(/[(:]/)[0].trim(),
  ];
}
