import { h } from "../../ui/dom.js";
import { count, percent, wholeText } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { SERIES } from "../../ui/plot/series.js";
import { createTable } from "../../ui/table.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { ShownVoting } from "../../schema/detector/output.js" */

const HEIGHT = 200;
const HEADS = [
  ["copies", "the detector that they belong to"],
  ["right predictions", "share of the copies that disagree (label change rate), mean ± standard deviation"],
  ["wrong predictions", "share of the copies that disagree (label change rate), mean ± standard deviation"],
  ["apart", "the difference of the two means"],
];

/**
 * What the copies tell by themselves, by how many vote: it grows while a detector is fitted.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function votingView(model, el, signal) {
  const plot = createLinePlot(HEIGHT, signal);
  const on = h("p.xai-label");
  const table = createTable(
    "xai-voting-table",
    "How often copies disagree",
    HEADS.map(([name, title]) => h("span", { title }, name)),
  );
  const root = h(
    "section.xai-voting",
    { "aria-label": "Votes of the copies", "data-export": "" },
    h("h3", "How many copies are enough?"),
    on,
    plot.root,
    table.root,
  );
  el.append(root);
  model.watch(["votings"], () => {
    const votings = Object.entries(model.get("votings"));
    root.hidden = !votings.length;
    if (!votings.length) return;
    on.textContent = votingText(votings.map(([, voting]) => voting));
    const most = Math.max(...votings.map(([, { counts }]) => Math.max(...counts)));
    plot.show({
      label: "AUROC of the votes alone by the number of copies, with two standard errors",
      x: { name: "copies that vote", domain: [1, Math.max(2, most)], format: wholeText },
      y: { name: "AUROC" },
      lines: votings.map(([name, { counts, aurocs, errors }], i) => ({
        name,
        kind: SERIES[i % SERIES.length],
        x: Array.from(counts),
        y: aurocs,
        error: Array.from(errors, (error) => 2 * error),
      })),
    });
    table.show(votings, textsOf, () => false);
  });
}

/** @param {readonly ShownVoting[]} votings */
export function votingText(votings) {
  const pictures = [...new Set(votings.map((voting) => voting.pictures))].sort((a, b) => a - b);
  return (
    `How well the votes alone tell wrong predictions from right ones, on ${pictures.map(count).join(" or ")} ` +
    "of the validation images. Bands are two standard errors; .5 is a coin."
  );
}

/** @param {[string, ShownVoting]} row */
export function textsOf([name, { right, right_spread: rightSpread, wrong, wrong_spread: wrongSpread }]) {
  return [
    name,
    `${percent(right)} ± ${percent(rightSpread)}`,
    `${percent(wrong)} ± ${percent(wrongSpread)}`,
    `${wrong < right ? "−" : "+"}${(100 * Math.abs(wrong - right)).toFixed(1)} points`,
  ];
}
