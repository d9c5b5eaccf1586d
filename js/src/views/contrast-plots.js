import { fillList, h, setAttribute } from "../lib/dom.js";
import { takeovers } from "../lib/morph.js";
import { percent } from "../lib/numbers.js";
import { createLinePlot } from "./line-plot.js";
import { moveTo } from "./scrubber.js";

/** @import { ContrastBinding } from "../lib/contrast-types.js" */
/** @import { Morph } from "../lib/morph.js" */
/** @import { Line, Marks, Plot } from "../lib/plot.js" */

const LIKELIHOOD_HEIGHT = 190;
const CONSTRAINTS_HEIGHT = 150;

/**
 * What the network says along the morph, and what holds the search: both on the axis of the scrubber.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function contrastPlots(model, el, signal) {
  /** @param {number} position */
  const pick = (position) => {
    model.setView({ playing: false });
    moveTo(model, position);
  };
  const likelihood = createLinePlot(LIKELIHOOD_HEIGHT, signal, pick);
  const constraints = createLinePlot(CONSTRAINTS_HEIGHT, signal, pick);
  const root = h("div.xai-plots", likelihood.root, constraints.root);
  el.append(root);

  model.watchView(["morph", "rival"], () => {
    const { morph, rival } = model.view;
    root.hidden = !morph;
    if (!morph) return;
    const intruders = takenOver(morph, rival);
    fillList(likelihood.flags, intruders, createFlag, (flag, { index, from, label, kind }) => {
      flag.textContent = `${kind ? "xGEMs: " : ""}${label} takes over`;
      flag.dataset.x = String(from);
      flag.dataset.index = String(index);
      flag.classList.toggle("xai-rival", Boolean(kind));
      setAttribute(flag, "aria-label", `Ask about ${label}`);
    });
    likelihood.show(likelihoodPlot(morph, rival, intruders));
    constraints.show(constraintsPlot(morph, rival));
  });
  model.watch(["position"], () => {
    likelihood.point(model.get("position"));
    constraints.point(model.get("position"));
  });

  function createFlag() {
    const flag = h("button.xai-button.xai-intruder", { disabled: model.isStatic });
    flag.addEventListener("click", () => model.set({ probe: Number(flag.dataset.index) }), { signal });
    return flag;
  }
}

/** @param {Morph} morph @param {Morph | null} rival */
function takenOver(morph, rival) {
  /** @param {Morph} of @param {string} kind */
  const stretches = ({ contrast, labels }, kind) =>
    takeovers(contrast.intruders).map((stretch) => ({ ...stretch, label: labels[stretch.index], kind }));
  return [...stretches(morph, ""), ...(rival ? stretches(rival, "xai-rival") : [])];
}

/**
 * @param {Morph} morph
 * @param {Morph | null} rival
 * @param {Marks["stretches"]} stretches
 * @returns {Plot & Marks}
 */
function likelihoodPlot(morph, rival, stretches) {
  const { true_label: truth, probe_label: probe } = morph.contrast;
  /** @param {Morph} of @param {string} suffix @returns {Line[]} */
  const lines = ({ curves: { at, truth: own, probe: other, third, thirdClass }, labels }, suffix) => {
    /** @param {number} i */
    const thirdName = (i) => (i < 0 ? "third" : `third: ${labels[thirdClass[i]]}`);
    return [
      { name: truth + suffix, kind: "true", x: at, y: own, dashed: Boolean(suffix) },
      { name: probe + suffix, kind: "probe", x: at, y: other, dashed: Boolean(suffix) },
      ...(labels.length > 2 ? [{ name: (/** @type {number} */ i) => thirdName(i) + suffix, kind: "third", x: at, y: third, dashed: Boolean(suffix) }] : []),
    ];
  };
  return {
    label: `Log-likelihoods along the morph of ${truth}, ${probe} and the strongest third class`,
    x: { name: "", domain: [0, 1], format: (share) => percent(share, 0) },
    y: { name: "log-likelihood" },
    lines: [...lines(morph, ""), ...(rival ? lines(rival, " (xGEMs)") : [])],
    levels: [0],
    stretches,
  };
}

/** @param {Morph} morph @param {Morph | null} rival @returns {Plot & Marks} */
function constraintsPlot(morph, rival) {
  /** @param {Morph} of @param {string} suffix @returns {Line[]} */
  const lines = ({ curves: { at, gap, violation, penalty } }, suffix) =>
    [
      { name: `penalty${suffix}`, kind: "penalty", x: at, y: penalty, dashed: Boolean(suffix) },
      { name: `gap${suffix}`, kind: "gap", x: at, y: gap, dashed: Boolean(suffix) },
      { name: `third class${suffix}`, kind: "third", x: at, y: violation, dashed: Boolean(suffix) },
    ].filter(({ y }) => y.some(Number.isFinite));
  return {
    label: "Residuals along the morph: the gap to the boundary, the strongest third class, and the penalty for both",
    x: { name: "from the picture to the boundary", domain: [0, 1], format: (share) => percent(share, 0) },
    y: { name: "residual" },
    lines: [...lines(morph, ""), ...(rival ? lines(rival, " (xGEMs)") : [])],
    levels: [0],
  };
}
