import { keptOf } from "./text.js";
import { costsOf } from "./thresholds.js";
import { count, duration, percent, shareOf, short } from "../../lib/numbers.js";
import { createLedger } from "../../ui/ledger.js";
import { costAt } from "./costs.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { Cut } from "./cuts.js" */

/**
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function detectorLedger(model, el) {
  const show = createLedger(el);
  const draw = () => show(model.view.cut ? entries(model, model.view.cut) : []);
  model.watchView(["cut"], draw);
  model.watch(["status", "cost_check", "cost_miss", "network", "layer"], draw);
}

/** @param {DetectorBinding} model @param {Cut} cut */
function entries(model, cut) {
  const { scored, errors, count: all, rejected, parts, threshold } = cut;
  const { seconds, note } = model.get("status");
  return [
    { name: "network", value: model.get("network"), title: "whose predictions these are" },
    { name: "layer", value: model.get("layer"), title: "whose feature maps the detector looks at" },
    { name: "images", value: count(all), title: "that were predicted" },
    { name: "errors", value: count(errors), title: "predictions that are wrong" },
    { name: "accuracy", value: percent(shareOf(all - errors, all)), title: "of the network alone" },
    { name: "method", value: scored.name, title: "whose score drives the dial" },
    {
      name: "AUROC",
      value: `${scored.auroc.toFixed(3)} ± ${scored.error.toFixed(3)}`,
      title: "area under its curve, with its standard error",
    },
    { name: "threshold", value: short(threshold), title: "scores from here on are rejected" },
    {
      name: "kept",
      value: `${count(keptOf(cut))} (${percent(shareOf(keptOf(cut), all))})`,
      title: "not rejected",
    },
    {
      name: "accuracy of kept",
      value: keptOf(cut) ? percent(parts["kept right"] / keptOf(cut)) : "–",
      title: "of what is not rejected",
    },
    {
      name: "caught",
      value: `${count(parts.caught)} (${percent(shareOf(parts.caught, errors))})`,
      title: "errors that are rejected",
    },
    {
      name: "false alarms",
      value: `${count(parts["false alarm"])} (${percent(shareOf(parts["false alarm"], all - errors))})`,
      title: "right predictions that are rejected",
    },
    {
      name: "cost per prediction",
      value: short(costAt(scored, errors, costsOf(model), rejected)),
      title: "checks and misses",
    },
    { name: "time", value: duration(seconds), title: `of computing${note ? `; ${note}` : ""}` },
  ].filter(({ value }) => value);
}
