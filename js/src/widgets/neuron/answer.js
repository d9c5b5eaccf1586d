import { NEURON } from "../../schema/neuron/state.js";
import { choice, explainRow } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { answerText } from "./text.js";

/** @import { NeuronBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "what is known so far",
  start: () => "Look anew",
};

/**
 * What is looked at, in a sentence.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-neuron-answer", { "data-export": "" });
  el.append(answer);
  model.watch(["units", "favourites", "layer", "unit", "count"], () => {
    const [units, favourites, layer] = [model.get("units"), model.get("favourites"), model.get("layer")];
    answer.textContent = answerText({
      units,
      favourites,
      layer,
      unit: model.get("unit"),
      count: model.get("count"),
    });
  });
}

/**
 * The layers to choose from.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
export function layerView(model, el) {
  const { label, doc } = NEURON.layer;
  const layers = () => model.get("layers").map((name) => /** @type {const} */ ([name, name]));
  choice(model, el, label, "layer", layers, ["layers"]);
  explainRow(el, { doc });
}
