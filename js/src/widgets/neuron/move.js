import { h, setDisabled } from "../../ui/dom.js";
import { pictureOf } from "../../lib/pictures.js";
import { showsSquares } from "../../ui/paint.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { createStage } from "../../ui/stage.js";
import { short } from "../../lib/numbers.js";
import { moveText, stepText } from "./text.js";

/** @import { ShownConceptMove } from "../../schema/neuron/output.js" */
/** @import { NeuronBinding } from "./types.js" */

const SIDE = 160;
const HEIGHT = 170;

/**
 * The watched picture, moved along the concept by a slider, beside random directions.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function moveView(model, el, signal) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Draws the watched picture with more and more of the concept, by the generator",
      onclick: () => model.command("move"),
    },
    "Move the watched picture along it",
  );
  const { stage, base, show } = createStage(SIDE);
  base.classList.add("xai-move-shown"); // with an outline: a white picture on a white page is none
  const slider = h("input.xai-move-step", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Along the concept",
    oninput: () => model.setView({ step: slider.valueAsNumber }),
  });
  const [caption, verdict] = [h("p.xai-move-caption"), h("p.xai-move-verdict")];
  const plot = createLinePlot(HEIGHT, signal, (x) => model.setView({ step: Math.round(x) }));
  const moved = h(
    "div.xai-neuron-moved",
    { "data-export": "" },
    h("div.xai-moved-picture", stage, slider, caption),
    h("div", plot.root, verdict),
  );
  const root = h("div.xai-move", button, moved);
  el.append(root);

  function draw() {
    const shown = model.get("moved");
    moved.hidden = !shown?.pictures.data.byteLength;
    if (!shown || moved.hidden) return;
    const last = shown.logits.length - 1;
    const step = Math.min(last, model.view.step);
    slider.max = String(last);
    slider.value = String(step);
    show(pictureOf(shown.pictures, step), `picture ${shown.index}, moved ${step} steps along the concept`);
    base.classList.toggle("xai-squares", showsSquares(SIDE / shown.pictures.width));
    caption.textContent = stepText(shown, step, model.get("classes"));
    verdict.textContent = moveText(shown);
    plot.point(step);
  }
  model.watch(["moved"], () => {
    const shown = model.get("moved");
    if (shown) plot.show(curves(shown));
    model.setView({ step: shown ? shown.logits.length - 1 : 0 });
  });
  model.watchView(["step"], draw);
  model.watch(["concept", "draws", "status"], () => {
    root.hidden = !model.get("draws") || !model.get("concept");
    setDisabled(button, model.get("status").state === "running");
  });
}

/**
 * @param {ShownConceptMove} shown
 * @returns {import("../../ui/plot/scale.js").Plot}
 */
function curves({ label, logits, random_logits: random }) {
  const steps = Array.from(logits, (_, step) => step);
  const [count, length] = random.shape;
  const at = (/** @type {number} */ step) =>
    Array.from({ length: count }, (_, way) => random[way * length + step]);
  const ends = steps.map((step) => [Math.min(...at(step)), Math.max(...at(step))]);
  return {
    label: `The score of ${label} along the concept, and along ${count} random directions`,
    x: { name: "steps along it", domain: [0, length - 1], format: String },
    y: { name: "score", format: short },
    lines: [
      {
        name: `middle of ${count} random directions`,
        kind: "random-way",
        x: steps,
        y: ends.map(([low, high]) => (low + high) / 2),
        error: ends.map(([low, high]) => (high - low) / 2),
      },
      { name: "along the concept", kind: "series-1", x: steps, y: logits },
    ],
  };
}
