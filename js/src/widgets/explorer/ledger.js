import { count, duration, exactly, short } from "../../lib/numbers.js";
import { createLedger } from "../../ui/ledger.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownAttribution } from "../../schema/shared.js" */

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
  const quality = a.first_look ? "first look" : a.exact ? "exact" : a.partial ? "partial" : "estimate";
  const amount =
    a.total > a.evaluations ? `${count(a.evaluations)} of ${count(a.total)}` : count(a.evaluations);
  return [
    { name: "explainer", value: a.explainer, title: "the method of attribution" },
    { name: "sum of map", value: exactly(a.sum), title: "the sum of all cells" },
    {
      name: "to be explained",
      value: exactly(a.difference),
      title:
        `f(x) − f(baseline): ${short(a.value)} for the picture, ` +
        `${short(a.baseline_output)} with all of it hidden`,
    },
    {
      name: "unexplained",
      value: a.residual === null ? "not defined" : Math.abs(a.residual) < 1e-9 ? "0" : short(a.residual),
      title:
        a.residual === null
          ? `maps of ${a.explainer} are no shares of the score, so that no sum is promised`
          : "the residual: what the sum of the map misses",
    },
    {
      name: "standard error",
      value: short(a.error),
      title: "of a part, as root mean square over all: how far its number may be off",
    },
    {
      name: "trials",
      value: amount,
      title: "evaluations of the network, each of a coalition: some parts shown, the others hidden",
    },
    { name: "time", value: duration(a.seconds), title: "seconds of computing" },
    { name: "seed", value: String(a.seed ?? "–"), title: "the same seed gives the same numbers" },
    { name: "device", value: a.device, title: "where the model ran" },
    {
      name: "kind",
      value: quality,
      title:
        "exact: what the method defines; estimate: from trials drawn at random; partial: stopped before " +
        "that; first look: a gradient map, until there are trials",
    },
  ];
}
