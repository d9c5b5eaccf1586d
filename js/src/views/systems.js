import { fillList, h } from "../lib/dom.js";
import { share } from "../lib/detector.js";
import { keptOf } from "../lib/detector-words.js";
import { count, percent } from "../lib/numbers.js";

/** @import { Cut } from "../lib/detector.js" */
/** @import { DetectorBinding } from "../lib/detector-types.js" */

/** @typedef {{name: string, accuracy: number, coverage: number, checks: number}} System */

/**
 * What comes of it if the rejected are thrown away, or answered by somebody else.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function systemsView(model, el, signal) {
  const slider = h("input.xai-specialist", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "How often the specialist is right" });
  const often = h("output");
  const body = h("tbody");
  const head = ["What if", "right", "answered", "checks"].map((name) => h("th", { scope: "col" }, name));
  el.append(
    h("h3", "What if …"),
    h("table.xai-systems", { "aria-label": "What if" }, h("thead", h("tr", ...head)), body),
    h("label.xai-specialist-row", h("span.xai-label", "The specialist is right in"), slider, often),
  );

  function draw() {
    const { cut } = model.view;
    if (!cut) return;
    const systems = systemsOf(cut, model.get("specialist"), model.get("backup")?.name);
    fillList(body, systems, () => h("tr", h("th", { scope: "row" }), h("td"), h("td"), h("td")), (row, { name, accuracy, coverage, checks }) => {
      [name, percent(accuracy), percent(coverage), count(checks)].forEach((text, i) => {
        row.children[i].textContent = text;
      });
      row.classList.toggle("xai-best-system", accuracy === Math.max(...systems.map((system) => system.accuracy)));
    });
  }
  model.watchView(["cut"], draw);
  model.watch(["specialist", "backup"], () => {
    slider.value = String(model.get("specialist"));
    often.textContent = percent(model.get("specialist"), 0);
    draw();
  });
  slider.addEventListener("input", () => model.set({ specialist: slider.valueAsNumber }), { signal });
}

/** @param {Cut} cut @param {number} specialist @param {string} [backup] @returns {System[]} */
function systemsOf(cut, specialist, backup) {
  const { count: all, errors, rejected, parts, scored } = cut;
  const kept = parts["kept right"];
  /** @param {string} name @param {number} right of the rejected */
  const answered = (name, right) => ({ name, accuracy: share(kept + right, all), coverage: 1, checks: rejected });
  return [
    { name: "as it is", accuracy: share(all - errors, all), coverage: 1, checks: 0 },
    { name: "rejected are thrown away", accuracy: keptOf(cut) ? kept / keptOf(cut) : NaN, coverage: share(keptOf(cut), all), checks: 0 },
    answered("a specialist checks them", specialist * rejected),
    ...(backup ? [answered(`${backup} answers them`, scored.saved[rejected])] : []),
  ];
}
