import { h } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { moveTo } from "../../ui/scrubber.js";

/** @import { ShownTextContrast } from "../../schema/text/output.js" */
/** @import { TextBinding } from "./types.js" */

const HEIGHT = 150;

/**
 * What the network says along the way, on the axis of the scrubber.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function likelihoodView(model, el, signal) {
  const plot = createLinePlot(HEIGHT, signal, (position) => {
    model.setView({ playing: false });
    moveTo(model, position);
  });
  const root = h("div.xai-plots.xai-text-plot", plot.root);
  el.append(root);
  model.watch(["contrast"], () => {
    const contrast = model.get("contrast");
    root.hidden = !contrast?.converged;
    if (!contrast) return;
    const [, classes] = contrast.log_likelihoods.shape;
    /** @param {number} index */
    const shares = (index) =>
      Float32Array.from(
        contrast.positions,
        (_, frame) => 100 * Math.exp(contrast.log_likelihoods[frame * classes + index]),
      );
    plot.show(plotOf(contrast, shares));
  });
  model.watch(["position"], () => plot.point(model.get("position")));
}

/** @param {ShownTextContrast} contrast @param {(index: number) => Float32Array} shares */
function plotOf({ positions, true: truth, probe, true_label, probe_label }, shares) {
  return {
    label: `Probabilities of ${true_label} and ${probe_label} on the way`,
    x: {
      name: "way to the boundary",
      domain: /** @type {[number, number]} */ ([0, 1]),
      format: (/** @type {number} */ value) => percent(value, 0),
    },
    y: {
      name: "probability",
      domain: /** @type {[number, number]} */ ([0, 100]),
      format: (/** @type {number} */ value) => percent(value / 100, 0),
    },
    lines: [
      { name: true_label, kind: "text-stays", x: positions, y: shares(truth) },
      { name: probe_label, kind: "text-comes", x: positions, y: shares(probe) },
    ],
  };
}
