import { h } from "../../ui/dom.js";

import { keptOf } from "./text.js";
import { count, percent, shareOf } from "../../lib/numbers.js";
import { createTable } from "../../ui/table.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { Cut } from "./cuts.js" */

/** @typedef {{name: string, accuracy: number, coverage: number, checks: number}} System */

const HEADS = [
  ["what is done", "what is done with the rejected"],
  ["right", "accuracy: of what is answered, the share that is right"],
  ["answered", "coverage: of all predictions, the share that gets an answer"],
  ["checks", "predictions that somebody has to look at"],
];

/**
 * What comes of it if the rejected are thrown away, or answered by somebody else.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function systemsView(model, el) {
  const slider = h("input.xai-specialist", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "How often the specialist is right",
    oninput: () => model.set({ specialist: slider.valueAsNumber }),
  });
  const often = h("output");
  const table = createTable(
    "xai-systems",
    "What if",
    HEADS.map(([name, title]) => h("span", { title }, name)),
  );
  table.root.dataset.export = "";
  el.append(
    h("h3", "What if …"),
    table.root,
    h("label.xai-specialist-row", h("span.xai-label", "The specialist is right in"), slider, often),
  );

  function draw() {
    const { cut } = model.view;
    if (!cut) return;
    const systems = systemsOf(cut, model.get("specialist"), model.get("backup")?.name);
    const best = Math.max(...systems.map((system) => system.accuracy));
    const texts = (/** @type {System} */ { name, accuracy, coverage, checks }) => [
      name,
      percent(accuracy),
      percent(coverage),
      count(checks),
    ];
    table.show(systems, texts, ({ accuracy }) => accuracy === best);
  }
  model.watchView(["cut"], draw);
  model.watch(["specialist", "backup"], () => {
    slider.value = String(model.get("specialist"));
    often.textContent = percent(model.get("specialist"), 0);
    draw();
  });
}

/** @param {Cut} cut @param {number} specialist @param {string} [backup] @returns {System[]} */
function systemsOf(cut, specialist, backup) {
  const { count: all, errors, rejected, parts, scored } = cut;
  const kept = parts["kept right"];
  /** @param {string} name @param {number} right of the rejected */
  const answered = (name, right) => ({
    name,
    accuracy: shareOf(kept + right, all),
    coverage: 1,
    checks: rejected,
  });
  return [
    { name: "as it is", accuracy: shareOf(all - errors, all), coverage: 1, checks: 0 },
    {
      name: "rejected are thrown away",
      accuracy: keptOf(cut) ? kept / keptOf(cut) : NaN,
      coverage: shareOf(keptOf(cut), all),
      checks: 0,
    },
    answered("a specialist checks them", specialist * rejected),
    ...(backup ? [answered(`${backup} answers them`, scored.saved[rejected])] : []),
  ];
}
