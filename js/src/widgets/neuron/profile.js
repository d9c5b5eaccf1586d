import { fillList, h, setAttribute, setDisabled } from "../../ui/dom.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { short } from "../../lib/numbers.js";
import { profileText, spanOf, specificText } from "./text.js";

/** @import { ShownProfile } from "../../schema/neuron/output.js" */
/** @import { NeuronBinding } from "./types.js" */

/**
 * How much of the scores passes through the unit, class by class, and which units the chosen pictures use most.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
export function profileView(model, el) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Conductance: how much of the predicted class’s score passes through each unit of the layer",
      onclick: () => model.command("profile"),
    },
    "Find its conductances",
  );
  const [plot, text, title] = [h("div"), h("p.xai-label"), h("h4", "The chosen pictures use most")];
  const specific = h("div.xai-neuron-specific", { role: "group", "aria-label": "Units of the chosen" });
  const note = h("p.xai-label");
  const shown = h("div.xai-neuron-profile", { "data-export": "" }, plot, text, title, specific, note);
  el.append(h("h3", "What passes through it"), button, shown);

  const create = () => {
    const unit = h("button.xai-selectable", {
      onclick: () => model.set({ unit: Number(unit.dataset.unit) }),
    });
    return unit;
  };
  model.watch(["profile"], () => {
    const profile = model.get("profile");
    shown.hidden = !profile;
    if (!profile) return;
    plot.replaceChildren(plotOf(profile));
    text.textContent = profileText(profile);
    title.hidden = note.hidden = !profile.specific.length;
    note.textContent = "Chosen because they are the highest: they look higher than they are.";
    fillList(specific, profile.specific, create, (element, each) => {
      element.dataset.unit = String(each.unit);
      element.textContent = specificText(each);
      setAttribute(element, "aria-pressed", String(each.unit === profile.unit));
    });
  });
  model.watch(["status"], () => setDisabled(button, model.get("status").state === "running"));
}

/** @param {ShownProfile} profile */
function plotOf({ unit, classes, chosen }) {
  const rows = chosen ? [chosen, ...classes] : classes;
  return intervalPlot(
    rows.map((row) => ({
      name: `${row.name} (${row.count})`,
      kind: row === chosen ? "series-2" : "series-1",
      estimate: row.estimate,
      text: short(row.estimate.value),
    })),
    spanOf(rows.map(({ estimate }) => estimate)),
    0,
    `Mean conductance of unit ${unit}`,
  );
}
