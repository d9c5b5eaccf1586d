import { h, setDisabled } from "../../ui/dom.js";
import { ACCURACY } from "../../schema/search/state.js";
import { checkbox, explainRow } from "../../ui/controls.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { accuracyText, laneText, optimismOf, signedVerdict } from "./text.js";
import { numberField } from "../../ui/number-field.js";

/** @import { IntervalEstimate } from "../../schema/shared.js" */
/** @import { SearchBinding } from "./types.js" */

/** Room on either side of the accuracies. */
const ROOM = 0.01;

/**
 * Which way is better, by pairs of one seed on what is held out; one seed is no verdict.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function seedsView(model, el) {
  const button = h(
    "button.xai-button.xai-live.xai-race-seeds",
    {
      title: "Each way is searched with the same seeds; a search under way is paused",
      onclick: () => model.command("verdict"),
    },
    "Race over several seeds",
  );
  const settings = h("div.xai-settings");
  const why = h("p.xai-label", "Nothing is held out: there is nothing to judge by.");
  const verdicts = h("ul.xai-seed-verdicts");
  const plot = h("div");
  const optimism = h("div.xai-optimism");
  const shown = h("div.xai-seed-race", { "data-export": "" }, verdicts, plot, optimism);
  el.append(h("h3", "Is one way better?"), settings, button, why, shown);
  if (!model.isStatic) {
    numberField(model, settings, ACCURACY.seeds);
    explainRow(settings, ACCURACY.seeds);
    checkbox(model, settings, ACCURACY.longer.label, "longer");
    explainRow(settings, ACCURACY.longer);
  }
  model.watch(["has_held_out"], () => {
    why.hidden = model.get("has_held_out");
    setDisabled(button, !model.get("has_held_out"));
  });
  model.watch(["lanes"], () => {
    const race = model.get("lanes");
    shown.hidden = !race;
    if (!race) return;
    verdicts.replaceChildren(...race.verdicts.map((text) => h("li", signedVerdict(text))));
    const lanes = race.lanes.map(({ name, held_out: estimate }) => ({
      name: laneText(name),
      kind: name === "start" || name === "longer" ? "series-2" : "series-1",
      estimate,
    }));
    const halves = race.lanes.flatMap(optimismOf);
    const domain = domainOfAll([...lanes, ...halves]);
    const plotOf = (/** @type {{name: string, kind?: string, estimate: IntervalEstimate}[]} */ rows) =>
      rows.map((row) => ({ ...row, text: accuracyText(row.estimate) }));
    plot.replaceChildren(intervalPlot(plotOf(lanes), domain, null, "Held-out accuracy over seeds"));
    optimism.replaceChildren(
      h("h4", "What the best of many promises"),
      h(
        "p.xai-label",
        "Chosen on one half of what is held out, read on the other: the second is what it is worth.",
      ),
      intervalPlot(plotOf(halves), domain, null, "The optimism of choosing the best"),
    );
    optimism.hidden = !halves.length;
  });
}

/** With room on either side. @param {readonly {estimate: IntervalEstimate}[]} rows @returns {[number, number]} */
function domainOfAll(rows) {
  const values = rows.flatMap(({ estimate: { value, low, high } }) =>
    [value, low, high].filter((each) => each !== null && each >= 0 && each <= 1),
  );
  return [Math.min(...values) - ROOM, Math.max(...values) + ROOM];
}
