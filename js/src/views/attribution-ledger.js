import { count, duration, exactly, short } from "../lib/numbers.js";
import { createLedger } from "./ledger.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */
/** @import { ShownAttribution } from "../lib/schema.js" */

/**
 * The ledger of the map that is drawn.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function attributionLedger(model, el) {
  const show = createLedger(el);
  model.watchView(["shown"], () => {
    const { attribution } = model.view.shown.main;
    show(attribution ? entries(attribution) : []);
  });
}

/** @param {ShownAttribution} a */
function entries(a) {
  const quality = a.exact ? "exact" : a.partial ? "partial" : "estimate";
  const amount = a.total > a.evaluations ? `${count(a.evaluations)} of ${count(a.total)}` : count(a.evaluations);
  return [
    { name: "sum of map", value: exactly(a.sum), title: "the sum of all cells" },
    { name: "f(x) − f(baseline)", value: exactly(a.difference), title: `f(x) = ${short(a.value)}, f(baseline) = ${short(a.baseline_output)}` },
    { name: "residual", value: a.residual !== null && Math.abs(a.residual) < 1e-9 ? "0" : short(a.residual), title: "what the sum of the map misses" },
    { name: "standard error", value: short(a.error), title: "root mean square over the cells" },
    { name: "evaluations", value: amount, title: "runs of the model" },
    { name: "time", value: duration(a.seconds), title: "seconds of computing" },
    { name: "seed", value: String(a.seed ?? "–"), title: "the same seed gives the same numbers" },
    { name: "device", value: a.device, title: "where the model ran" },
    { name: "kind", value: quality, title: "exact: all coalitions; partial: stopped before the budget was spent" },
  ];
}
