import { fillList, h, setAttribute } from "../../ui/dom.js";
import { takeovers } from "./frames.js";
import { percent } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { moveTo } from "../../ui/scrubber.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { Morph } from "./frames.js" */
/** @import { Line, Marks, Plot } from "../../ui/plot/scale.js" */

const LIKELIHOOD_HEIGHT = 190;
const CONSTRAINTS_HEIGHT = 150;
const HELD =
  "Constraints: the search brings the gap between both classes to zero and keeps the strongest other " +
  "below their middle; the penalty is what it pays for both";

/** @param {ContrastBinding} model @returns {(position: number) => void} goes where the hand points on a plot */
const picker = (model) => (position) => {
  model.setView({ playing: false });
  moveTo(model, position);
};

/**
 * What the network says along the morph, on the axis of the scrubber.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function likelihoodView(model, el, signal) {
  const likelihood = createLinePlot(LIKELIHOOD_HEIGHT, signal, picker(model));
  const root = h("div.xai-plots.xai-morph-plots", likelihood.root);
  el.append(root);

  model.watch(["scale"], draw);
  model.watchView(["morph", "rival"], draw);
  function draw() {
    const { morph, rival } = model.view;
    root.hidden = !morph;
    if (!morph) return;
    const intruders = takenOver(morph, rival);
    fillList(likelihood.flags, intruders, createFlag, (flag, { index, from, label, kind }) => {
      flag.textContent = `${kind ? "others may win: " : ""}${label} takes over`;
      flag.dataset.x = String(from);
      flag.dataset.index = String(index);
      flag.classList.toggle("xai-rival", Boolean(kind));
      setAttribute(flag, "aria-label", `Ask about ${label}`);
    });
    likelihood.show(likelihoodPlot(morph, rival, intruders, model.get("scale")));
  }
  model.watch(["position"], () => likelihood.point(model.get("position")));

  function createFlag() {
    const flag = h("button.xai-button.xai-intruder.xai-asks", {
      disabled: model.isStatic,
      onclick: () => model.set({ probe: Number(flag.dataset.index) }),
    });
    return flag;
  }
}

/**
 * What holds the search, on the same axis.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function constraintsView(model, el, signal) {
  const constraints = createLinePlot(CONSTRAINTS_HEIGHT, signal, picker(model));
  const root = h("div.xai-plots.xai-morph-plots", { title: HELD }, constraints.root);
  el.append(root);
  model.watchView(["morph", "rival"], () => {
    const { morph, rival } = model.view;
    root.hidden = !morph;
    if (morph) constraints.show(constraintsPlot(morph, rival));
  });
  model.watch(["position"], () => constraints.point(model.get("position")));
}

/** @param {Morph} morph @param {Morph | null} rival */
function takenOver(morph, rival) {
  /** @param {Morph} of @param {string} kind */
  const stretches = ({ contrast, curves, labels }, kind) =>
    takeovers(contrast.intruders, curves.at).map((stretch) => ({
      ...stretch,
      label: labels[stretch.index],
      kind,
    }));
  return [...stretches(morph, ""), ...(rival ? stretches(rival, "xai-rival") : [])];
}

/**
 * @param {Morph} morph
 * @param {Morph | null} rival
 * @param {{from: number, to: number, kind?: string}[]} stretches
 * @param {"percent" | "log-likelihood"} scale
 * @returns {Plot & Marks}
 */
function likelihoodPlot(morph, rival, stretches, scale) {
  const shares = scale === "percent";
  /** @param {Float32Array} values */
  const scaled = (values) => (shares ? values.map((value) => 100 * Math.exp(value)) : values);
  const { true_label: truth, probe_label: probe } = morph.contrast;
  /** @param {Morph} of @param {string} suffix @returns {Line[]} */
  const lines = ({ curves: { at, truth: own, probe: other, third, thirdClass }, labels }, suffix) => {
    /** @param {number} i */
    const thirdName = (i) => (i < 0 ? "strongest other" : `strongest other: ${labels[thirdClass[i]]}`);
    return [
      { name: truth + suffix, kind: "true", x: at, y: scaled(own), dashed: Boolean(suffix) },
      { name: probe + suffix, kind: "probe", x: at, y: scaled(other), dashed: Boolean(suffix) },
      ...(labels.length > 2
        ? [
            {
              name: (/** @type {number} */ i) => thirdName(i) + suffix,
              kind: "third",
              x: at,
              y: scaled(third),
              dashed: Boolean(suffix),
            },
          ]
        : []),
    ];
  };
  return {
    label:
      `${shares ? "Probabilities" : "Log-likelihoods"} along the morph of ${truth}, ${probe} and ` +
      `the strongest other class`,
    x: wayAxis(morph, rival),
    y: shares
      ? { name: "probability", domain: [0, 100], format: (value) => `${Number(value.toFixed(1))} %` }
      : { name: "log-likelihood" },
    lines: [...lines(morph, ""), ...(rival ? lines(rival, " (others may win)") : [])],
    levels: shares ? [] : [0],
    stretches: [...stretches, ...past(morph, rival)],
  };
}

/** @param {Morph} morph @param {Morph | null} rival @returns {number} how far the longer of both goes */
const farthest = (morph, rival) =>
  Math.max(1, ...[morph, rival].flatMap((each) => each?.curves.at.at(-1) ?? []));

/** @param {Morph} morph @param {Morph | null} rival @returns {Plot["x"]} */
function wayAxis(morph, rival) {
  const end = farthest(morph, rival);
  return {
    name:
      end > 1
        ? "from the picture to the boundary (100 %), and past it (grey)"
        : "from the picture to the boundary",
    domain: [0, end],
    format: (share) => percent(share, 0),
  };
}

/** What lies past the boundary no search has checked. @param {Morph} morph @param {Morph | null} rival */
const past = (morph, rival) =>
  farthest(morph, rival) > 1 ? [{ from: 1, to: farthest(morph, rival), kind: "xai-past" }] : [];

/** @param {Morph} morph @param {Morph | null} rival @returns {Plot & Marks} */
function constraintsPlot(morph, rival) {
  /** @param {Morph} of @param {string} suffix @returns {Line[]} */
  const lines = ({ curves: { at, gap, violation, penalty } }, suffix) =>
    [
      { name: `penalty${suffix}`, kind: "penalty", x: at, y: penalty, dashed: Boolean(suffix) },
      { name: `gap${suffix}`, kind: "gap", x: at, y: gap, dashed: Boolean(suffix) },
      { name: `strongest other${suffix}`, kind: "third", x: at, y: violation, dashed: Boolean(suffix) },
    ].filter(({ y }) => y.some(Number.isFinite));
  return {
    label:
      "What holds the search, along the morph: the gap to the boundary, the strongest other class, and " +
      "the penalty for both",
    x: wayAxis(morph, rival),
    y: { name: "constraint" },
    lines: [...lines(morph, ""), ...(rival ? lines(rival, " (others may win)") : [])],
    levels: [0],
    stretches: past(morph, rival),
  };
}
