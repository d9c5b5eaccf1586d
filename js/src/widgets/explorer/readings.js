import { h, fillList, setBlocked, isDisabled } from "../../ui/dom.js";
import { count, percent, short, signed } from "../../lib/numbers.js";
import { curvesView } from "./curves.js";
import { plainRule } from "./words.js";

/** @import { ExplorerBinding, Reading } from "./types.js" */
/** @import { ShownRule } from "../../schema/shared.js" */

/** @type {[Reading, string, string][]} */
const NAMES = [
  ["shapley", "Shapley values", "each part's fair share: what it adds on average, whatever else is shown"],
  ["linear", "linear fit", "LIME: one weight for each part, fitted to the trials"],
  ["tree", "tree", "a decision tree of few leaves, fitted to the trials"],
];
const PENDING = "computed once the map is done";

/**
 * What else the coalitions that the map has paid for can tell: a linear fit, a tree with its rules, two curves.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function readingsView(model, el, signal) {
  const choices = h("div.xai-reading-choices", { role: "radiogroup", "aria-label": "Reading" });
  const cost = h("p.xai-reading-cost", { title: "a trial shows the network a coalition of the parts" });
  const rules = h("ol.xai-rules", { "aria-label": "Rules of the tree" });
  const plot = h("div");
  const root = h(
    "section.xai-readings",
    h("h3", "Other readings of the same trials"),
    choices,
    cost,
    rules,
    plot,
  );
  el.append(root);
  const curves = curvesView(plot, signal);

  const group = `xai-${Math.random().toString(36).slice(2)}`;
  const radios = NAMES.map(([reading, name, title]) => {
    const radio = h("input", {
      type: "radio",
      name: group,
      value: reading,
      onchange: () => model.set({ reading }),
    });
    const fit = h("span.xai-label");
    radio.addEventListener("click", (event) => isDisabled(radio) && event.preventDefault());
    choices.append(h("label.xai-check", { title }, radio, name, fit));
    return { reading, radio, fit };
  });

  function rule() {
    const item = h("li.xai-tree-rule", { tabindex: 0 }, h("span"), h("span.xai-rule-value"));
    const show = () => model.setView({ rule: shownRules()[[...rules.children].indexOf(item)]?.cells ?? [] });
    const hide = () => model.setView({ rule: [] });
    for (const type of ["pointerenter", "focus"]) item.addEventListener(type, show);
    for (const type of ["pointerleave", "blur"]) item.addEventListener(type, hide);
    return item;
  }
  /** @returns {ShownRule[]} */
  const shownRules = () => model.view.shown.readings?.tree.rules ?? [];

  let last = model.view.shown.readings;
  function show() {
    const { readings, main, reading: drawn } = model.view.shown;
    // A rule that is gone is not left by the pointer.
    if (readings !== last && model.view.rule.length) model.setView({ rule: [] });
    last = readings;
    const blocked = model.get("blocked").readings;
    for (const { reading, radio, fit } of radios) {
      const r2 = reading === "shapley" ? null : (readings?.[reading].r2 ?? null);
      fit.textContent = r2 === null ? "" : `R² ${short(r2)}`;
      radio.checked = reading === drawn;
      setBlocked(radio, reading === "shapley" ? undefined : blocked || (readings ? undefined : PENDING));
    }
    cost.textContent =
      blocked ||
      (readings
        ? `0 further trials: read from the ${count(readings.evaluations)} there are; R² on trials held out`
        : PENDING);
    root.hidden = model.isStatic && !readings;
    rules.hidden = !shownRules().length;
    fillList(rules, shownRules(), rule, (item, { text, value, share }) => {
      item.children[0].textContent = plainRule(text);
      item.children[1].textContent = `${signed(value)} · ${percent(share)} of trials`;
    });
    curves(readings?.curves ?? null, main.attribution);
  }
  model.watch(["blocked"], show);
  model.watchView(["shown"], show);
}
