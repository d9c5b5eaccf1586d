import { h } from "../../ui/dom.js";
import { choice, explainRow } from "../../ui/controls.js";
import { DETECTOR } from "../../schema/detector/state.js";
import { numberField } from "../../ui/number-field.js";

/** @import { DetectorBinding } from "./types.js" */

/**
 * What is done to the images before the detectors see them.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function testSetView(model, el) {
  if (model.isStatic) return;
  const rows = h("div.xai-settings.xai-test-set", { role: "group", "aria-label": "Test on" });
  el.append(rows);
  const { test_set, test_strength } = DETECTOR;
  const options = /** @type {[string, string][]} */ (test_set.choices);
  choice(model, rows, test_set.label, "test_set", () => options);
  explainRow(rows, test_set);
  numberField(model, rows, test_strength);
  explainRow(rows, test_strength);
  const row = /** @type {HTMLElement} */ (rows.lastElementChild);
  model.watch(["test_set"], () => (row.hidden = model.get("test_set") === "given"));
}
