import { h } from "../../ui/dom.js";
import { chooseRule } from "./thresholds.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { settingRow } from "../../ui/controls.js";
import { followNumber } from "../../ui/number-field.js";

/** @import { DetectorBinding, Rule } from "./types.js" */

/** @type {Partial<Record<Rule, string>>} */
const ASKED = { correct_recall: "% of the right are kept", wrong_recall: "% of the wrong are caught" };

const ORIGIN =
  "Balance and recall are those of the images that the detector was validated with, not of these";

/**
 * Where the dial goes by itself.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function rulesView(model, el) {
  // The page has only the scores of these images.
  const unanswered = (/** @type {Rule} */ rule) => model.isStatic && rule !== "cost" && rule !== "by_hand";
  const choices = /** @type {[Rule, string][]} */ (DETECTOR.rule.choices);
  const options = choices.map(([value, label]) => h("option", { value, disabled: unanswered(value) }, label));
  const { least, most, scale, label: recallLabel } = DETECTOR.recall;
  const select = h(
    "select.xai-rule-choice",
    {
      title: `${DETECTOR.rule.doc} ${ORIGIN}`,
      onchange: () => chooseRule(model, /** @type {Rule} */ (select.value)),
    },
    ...options,
  );
  const recall = h("input.xai-recall", {
    type: "number",
    min: scale * least,
    max: scale * most,
    step: "any",
    disabled: model.isStatic,
    "aria-label": recallLabel,
  });
  const unit = h("span");
  const wanted = h("span.xai-recall-wanted", "at least", recall, unit);
  const row = h("div.xai-rule-row");
  settingRow(row, DETECTOR.rule.label, select);
  row.append(wanted);
  el.append(row);

  model.watch(["rule"], () => {
    select.value = model.get("rule");
    unit.textContent = ASKED[model.get("rule")] ?? "";
    wanted.hidden = !unit.textContent;
  });
  model.watchView(["cut"], () => {
    row.hidden = !model.view.cut;
  });
  followNumber(model, recall, "recall", scale);
}
