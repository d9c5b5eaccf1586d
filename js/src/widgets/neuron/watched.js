import { fillList, h, setAttribute } from "../../ui/dom.js";
import { fillPredictionRow, predictionRow } from "../../ui/prediction.js";
import { showsSquares } from "../../ui/paint.js";
import { createStage } from "../../ui/stage.js";
import { watchedText } from "./text.js";

/** @import { NeuronBinding } from "./types.js" */

const SIDE = 140;

/**
 * A picture, what the network sees in it, and what it sees without the silenced units.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
export function watchedView(model, el) {
  const silence = h("button.xai-button.xai-neuron-silence", {
    title: "The unit answers 0 everywhere; press again to hear it",
    disabled: model.isStatic,
    onclick: () => {
      const [unit, silenced] = [model.get("unit"), model.get("silenced")];
      const others = silenced.filter((each) => each !== unit);
      model.set({ silenced: others.length < silenced.length ? others : [...others, unit] });
    },
  });
  const clear = h(
    "button.xai-button.xai-neuron-hear",
    { disabled: model.isStatic, onclick: () => model.set({ silenced: [] }) },
    "Hear all again",
  );
  const { stage, base, show } = createStage(SIDE);
  const text = h("p.xai-neuron-watched");
  const list = h("div.xai-classes");
  el.append(
    h("h3", "The network without it"),
    h("div.xai-neuron-buttons", silence, clear),
    h("div", { "data-export": "" }, stage, text, list),
  );

  model.watch(["unit", "silenced"], () => {
    const [unit, silenced] = [model.get("unit"), model.get("silenced")];
    const isSilent = silenced.includes(unit);
    silence.textContent = isSilent ? `Hear unit ${unit} again` : `Silence unit ${unit}`;
    setAttribute(silence, "aria-pressed", String(isSilent));
    clear.hidden = silenced.length < 2;
  });
  model.watch(["watched", "count"], () => {
    const watched = model.get("watched");
    if (!watched?.picture.data.byteLength) return;
    const { picture, before, after } = watched;
    show(picture, `picture ${model.get("index")}`);
    base.classList.toggle("xai-squares", showsSquares(SIDE / picture.width));
    text.textContent = watchedText(watched, model.get("count"), model.get("silenced").length);
    const was = after && { top: before, target: before[0] };
    const create = () => predictionRow(h("div"));
    fillList(list, after ?? before, create, (row, score) => fillPredictionRow(row, score, false, was));
  });
}
