import { h } from "../../ui/dom.js";
import { ACCURACY } from "../../schema/search/state.js";
import { checkbox, explainRow } from "../../ui/controls.js";
import { STRATEGY_TERMS } from "./text.js";

/** @import { SearchBinding, Strategy } from "./types.js" */

const CHOICES = /** @type {[Strategy, string][]} */ (ACCURACY.strategy.choices);

/**
 * Where each next training starts.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function strategyView(model, el) {
  // Radio buttons of one name exclude each other in the whole page, which may have several views.
  const name = `xai-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const inputs = CHOICES.map(([value]) => h(`input.xai-strategy-${value}`, { type: "radio", name, value }));
  const choices = h(
    "fieldset.xai-strategy",
    h("legend", ACCURACY.strategy.group),
    ...CHOICES.map(([, label], i) =>
      h("label.xai-check", { title: STRATEGY_TERMS[CHOICES[i][0]] }, inputs[i], label),
    ),
  );
  const root = h("div", choices);
  el.append(root);
  checkbox(model, root, ACCURACY.race.label, "race");
  explainRow(root, ACCURACY.race);
  model.watch(["strategy", "race"], () => {
    for (const input of inputs) input.checked = input.value === model.get("strategy");
    choices.disabled = model.get("race");
  });
  CHOICES.forEach(([strategy], i) => inputs[i].addEventListener("change", () => model.set({ strategy })));
}
