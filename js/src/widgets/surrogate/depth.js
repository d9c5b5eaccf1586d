import { h } from "../../ui/dom.js";
import { settingRow } from "../../ui/controls.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { percent, rateText } from "../../lib/numbers.js";
import { deeperText } from "./text.js";

/** @import { SurrogateBinding } from "./types.js" */

/** Classes that are shown, those first that the tree gets least. */
const CLASSES = 12;

/**
 * How deep the tree is, how often trees of all depths agree, and what one question more would bring.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function depthView(model, el) {
  const input = h("input.xai-depth", {
    type: "range",
    min: 1,
    max: 1,
    step: 1,
    title: "Questions on the way to a leaf, at most",
    oninput: () => model.set({ depth: input.valueAsNumber }),
  });
  const shown = h("output");
  const row = h("div.xai-settings.xai-live");
  const [plot, deeper] = [h("div"), h("p")];
  const caution = h(
    "p.xai-label",
    "All depths are measured on the same held-out pictures: one that is chosen because it is the best here " +
      "looks better than it is.",
  );
  settingRow(row, "Depth", input, shown);
  el.append(
    h("h3", "How deep?"),
    row,
    h("div.xai-surrogate-depths", { "data-export": "" }, plot, deeper, caution),
  );

  model.watch(["depth", "tree"], () => {
    input.max = String(model.get("tree")?.depths.length ?? model.get("depth"));
    input.value = String(model.get("depth"));
    shown.textContent = String(model.get("depth"));
  });
  model.watch(["tree"], () => {
    const tree = model.get("tree");
    if (!tree) return;
    const { depths, depth, majority } = tree;
    const rows = [
      { name: "commonest class", kind: "series-2", estimate: majority, text: percent(majority.value, 0) },
      ...depths.map(({ agreement, leaves }, i) => ({
        name: `depth ${i + 1}, ${leaves} ${leaves === 1 ? "leaf" : "leaves"}`,
        kind: i + 1 === depth ? "series-1" : "other-depth",
        estimate: agreement,
        text: percent(agreement.value, 0),
      })),
    ];
    plot.replaceChildren(intervalPlot(rows, [0, 1], majority.value, "Agreement by depth"));
    deeper.textContent = deeperText(depths, depth);
  });
}

/**
 * How often the tree agrees, by what the network says.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function classesView(model, el) {
  const [plot, more] = [h("div"), h("p.xai-label")];
  const title = h("h3", { title: "By what the network says, on held-out pictures" }, "Agreement by class");
  el.append(title, h("div", { "data-export": "" }, plot, more));
  model.watch(["tree"], () => {
    const tree = model.get("tree");
    const classes = Object.entries(tree?.per_class ?? {}).sort(([, a], [, b]) => a.value - b.value);
    const rows = classes
      .slice(0, CLASSES)
      .map(([name, estimate]) => ({ name, estimate, text: rateText(estimate) }));
    plot.replaceChildren(intervalPlot(rows, [0, 1], null, "Agreement by class"));
    more.hidden = classes.length <= CLASSES;
    more.textContent = `Of ${classes.length} classes those with the least agreement.`;
  });
}
