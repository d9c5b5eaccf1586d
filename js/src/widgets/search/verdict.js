import { h, isDisabled, setDisabled } from "../../ui/dom.js";
import { ACCURACY } from "../../lib/schema.js";
import { checkbox, explainRow, numberField } from "../../ui/controls.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { accuracyText, laneText, optimismText } from "./text.js";

/** @import { SearchBinding } from "./types.js" */

/** Room on either side of the accuracies. */
const ROOM = 0.01;

/**
 * Which way is better, by pairs of one seed on what is held out; one seed is no verdict.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function seedsView(model, el, signal) {
  const button = h(
    "button.xai-button.xai-live.xai-race-seeds",
    { title: "Each way is searched with the same seeds; a search under way is paused" },
    "Race over several seeds",
  );
  const settings = h("div.xai-settings");
  const why = h("p.xai-label", "Nothing is held out: there is nothing to judge by.");
  const verdicts = h("ul.xai-seed-verdicts");
  const plot = h("div");
  const optimism = h("p.xai-optimism", {
    title: "The optimism of choosing the best shown: what is chosen on a half is read on the other",
  });
  const shown = h("div", { "data-export": "" }, verdicts, plot, optimism);
  el.append(h("h3", "Is one way better?"), settings, button, why, shown);
  if (!model.isStatic) {
    numberField(model, settings, signal, ACCURACY.seeds);
    explainRow(settings, ACCURACY.seeds);
    checkbox(model, settings, signal, ACCURACY.longer.label, "longer");
    explainRow(settings, ACCURACY.longer);
  }
  button.addEventListener("click", () => isDisabled(button) || model.command("verdict"), { signal });
  model.watch(["has_held_out"], () => {
    why.hidden = model.get("has_held_out");
    setDisabled(button, !model.get("has_held_out"));
  });
  model.watch(["lanes"], () => {
    const race = model.get("lanes");
    shown.hidden = !race;
    if (!race) return;
    verdicts.replaceChildren(...race.verdicts.map((text) => h("li", text)));
    const values = race.lanes.flatMap(({ held_out: { value, low, high } }) =>
      [value, low, high].filter((each) => each !== null && each >= 0 && each <= 1),
    );
    plot.replaceChildren(
      intervalPlot(
        race.lanes.map(({ name, held_out: estimate }) => ({
          name: laneText(name),
          kind: name === "start" || name === "longer" ? "series-2" : "series-1",
          estimate,
          text: accuracyText(estimate),
        })),
        [Math.min(...values) - ROOM, Math.max(...values) + ROOM],
        null,
        "Held-out accuracy over seeds",
      ),
    );
    optimism.textContent = race.lanes.map(optimismText).filter(Boolean).join(" ");
  });
}
