import { h, fillList } from "../lib/dom.js";
import { count, duration, exactly, short } from "../lib/numbers.js";

/** @import { Binding } from "../lib/binding.js" */
/** @import { Attribution } from "../lib/types.js" */

/**
 * What an answer has cost and how far it may be trusted.
 * @param {Binding} model
 * @param {HTMLElement} el
 */
export function ledgerView(model, el) {
  const list = h("dl", { class: "xai-ledger", "aria-label": "Ledger" });
  el.append(list);
  model.watchView(["shown"], () => {
    const { attribution } = model.view.shown.main;
    list.hidden = !attribution;
    fillList(list, attribution ? entries(attribution) : [], () => h("div", {}, h("dt"), h("dd")), (item, { name, value, title }) => {
      item.children[0].textContent = name;
      item.children[1].textContent = value;
      item.title = title;
    });
  });
}

/** @param {Attribution} a */
function entries(a) {
  const quality = a.exact ? "exact" : a.partial ? "partial" : "estimate";
  const amount = a.total > a.evaluations ? `${count(a.evaluations)} of ${count(a.total)}` : count(a.evaluations);
  return [
    { name: "sum of map", value: exactly(a.sum), title: "the sum of all cells" },
    { name: "f(x) − f(baseline)", value: exactly(a.difference), title: `f(x) = ${short(a.value)}, f(baseline) = ${short(a.baseline_output)}` },
    { name: "residual", value: Math.abs(a.residual) < 1e-9 ? "0" : short(a.residual), title: "what the sum of the map misses" },
    { name: "standard error", value: short(a.error), title: "root mean square over the cells" },
    { name: "evaluations", value: amount, title: "runs of the model" },
    { name: "time", value: duration(a.seconds), title: "seconds of computing" },
    { name: "seed", value: String(a.seed), title: "the same seed gives the same numbers" },
    { name: "device", value: a.device, title: "where the model ran" },
    { name: "kind", value: quality, title: "exact: all coalitions; partial: stopped before the budget was spent" },
  ];
}
