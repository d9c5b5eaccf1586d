import { fillList, h, setAttribute } from "../../ui/dom.js";

import { chooseMethod, reject } from "./thresholds.js";
import { verdictText } from "./text.js";
import { percent, short } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { nearestOnRoc, rocOf, rocPoint } from "./roc.js";

/** @import { Sample, Scored } from "./scores.js" */
/** @import { DetectorBinding } from "./types.js" */
/** @import { Line, Marks, Plot } from "../../ui/plot/scale.js" */
/** @import { Cut } from "./cuts.js" */

const HEIGHT = 270;
/** @type {Line} */
const CHANCE = { name: "chance", kind: "chance", x: [0, 1], y: [0, 1], dashed: true };

/**
 * What each detector catches at what price; where the dial stands on the curve of the one that drives.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function dialView(model, el, signal) {
  const legend = h("div.xai-methods", { role: "group", "aria-label": "Scores to choose from" });
  const plot = createLinePlot(HEIGHT, signal, (x, y) => {
    const { cut } = model.view;
    if (cut) reject(model, nearestOnRoc(cut.scored, cut.count, cut.errors, { x, y }));
  });
  plot.root.classList.add("xai-roc");
  plot.root.append(legend);
  el.append(h("h3", { title: "ROC curves, and the areas under them" }, "What each score catches"), plot.root);
  thresholdSlider(model, el);

  let curves = /** @type {{sample: Sample, lines: Map<string, Line>} | null} */ (null);

  /** @param {Sample} sample */
  function linesOf(sample) {
    if (curves?.sample !== sample) {
      curves = {
        sample,
        lines: new Map(sample.detectors.map((scored) => [scored.key, lineOf(scored, sample)])),
      };
    }
    return curves.lines;
  }

  model.watchView(["sample", "cut"], () => {
    const { sample, cut } = model.view;
    if (!sample) return;
    plot.show(rocPlot(linesOf(sample), cut));
    const { activeElement: focused } = document;
    const key = focused instanceof HTMLElement && legend.contains(focused) ? focused.dataset.key : undefined;
    fillList(
      legend,
      sample.detectors,
      () => methodButton(model),
      (button, scored) => fillMethod(button, scored, cut),
    );
    // Others may have come before it.
    if (key !== undefined)
      [.../** @type {NodeListOf<HTMLElement>} */ (legend.querySelectorAll("button"))]
        .find((button) => button.dataset.key === key)
        ?.focus();
  });
}

/** @param {Scored} scored @param {Sample} sample @returns {Line} */
const lineOf = (scored, { count, errors }) => ({
  name: scored.name,
  kind: scored.kind,
  dashed: scored.trivial,
  ...rocOf(scored, count, errors),
});

/** @param {Map<string, Line>} lines @param {Cut | null} cut @returns {Plot & Marks} */
function rocPlot(lines, cut) {
  const driving = cut && lines.get(cut.scored.key);
  const others = [...lines.values()].filter((line) => line !== driving);
  const place = cut && rocPoint(cut.scored, cut.count, cut.errors, cut.rejected);
  const reached =
    place &&
    `; ${cut.scored.name} catches ${percent(place.y)} of the errors at ${percent(place.x)} false alarms`;
  return {
    label: `ROC curves${reached ?? ""}`,
    x: { name: "false alarms: right predictions that are rejected", domain: [0, 1], format: short },
    y: { name: "errors caught", domain: [0, 1] },
    lines: [CHANCE, ...others, ...(driving ? [{ ...driving, kind: `${driving.kind} xai-driving` }] : [])],
    markers: place ? [{ ...place, kind: `${cut.scored.kind} xai-dial-point` }] : [],
  };
}

/** @param {DetectorBinding} model */
function methodButton(model) {
  const button = h(
    "button.xai-key.xai-score-key",
    { onclick: () => chooseMethod(model, button.dataset.key ?? "") },
    h("strong"),
    h("span"),
  );
  return button;
}

/** @param {HTMLElement} button @param {Scored} scored @param {Cut | null} cut */
function fillMethod(button, { key, name, doc, kind, trivial, auroc, error, validation }, cut) {
  button.className = `xai-key xai-score-key xai-${kind}${trivial ? " xai-dashed" : ""}`;
  button.dataset.key = key;
  button.children[0].textContent = name;
  button.children[1].textContent = `${auroc.toFixed(3)} ± ${error.toFixed(3)}`;
  const earlier = validation === null ? "" : `; ${validation.toFixed(3)} on the images it was fitted with`;
  button.title = `${doc}. The number is the area under its curve (AUROC) ± its standard error${earlier}`;
  setAttribute(button, "aria-pressed", String(key === cut?.scored.key));
}

/**
 * The dial for the keys: an arrow goes to the next score.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
function thresholdSlider(model, el) {
  const slider = h("input.xai-threshold", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Threshold",
    oninput: () => {
      const { cut } = model.view;
      if (cut) reject(model, cut.scored.steps[slider.valueAsNumber]);
    },
  });
  const shown = h("output");
  const root = h(
    "div",
    h("div.xai-threshold-row", h("span.xai-label", "check none"), slider, h("span.xai-label", "check all")),
    h("div.xai-threshold-text", shown),
  );
  el.append(root);
  model.watchView(["cut"], () => {
    const { cut } = model.view;
    root.hidden = !cut;
    if (!cut) return;
    const { steps } = cut.scored;
    slider.max = String(steps.length - 1);
    slider.value = String(steps.indexOf(cut.rejected));
    shown.textContent = `threshold ${short(cut.threshold)}: ${percent(cut.rejected / cut.count)} rejected`;
    setAttribute(slider, "aria-valuetext", `${short(cut.threshold)}. ${verdictText(cut)}`);
  });
}
