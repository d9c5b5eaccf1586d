import { h } from "../../ui/dom.js";
import { domainOf } from "../../ui/plot/scale.js";
import { deltaText, emptyText, pointsText, STRATEGIES } from "./text.js";
import { bestSoFar, byDelta, mostGained, seriesOf } from "./trials.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";

/** @import { Marks, Plot } from "../../ui/plot/scale.js" */
/** @import { ShownGhost } from "../../schema/search/output.js" */
/** @import { SearchBinding, SearchView } from "./types.js" */

const GAIN_HEIGHT = 270;
const ACCURACY_HEIGHT = 170;
/** So many trials the axis has room for at least. */
const FEWEST = 5;
const MARGIN = 0.09;
const START = { x: 0, y: 0, kind: "start" };

/**
 * What each trial has gained over the start, as they come in.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function searchPlots(model, el, signal) {
  const along = h(
    "select.xai-along",
    {
      "aria-label": "Along",
      onchange: () => model.setView({ along: along.value === "time" ? "time" : "trial" }),
    },
    h("option", { value: "trial" }, "per trial"),
    h("option", { value: "time" }, "over time"),
  );
  const heldOut = h("input.xai-held-out", {
    type: "checkbox",
    onchange: () => model.setView({ heldOut: heldOut.checked }),
  });
  const heldOutLabel = h("label.xai-check", heldOut, "Held-out accuracy");
  const gain = createLinePlot(GAIN_HEIGHT, signal, undefined, true);
  const accuracy = createLinePlot(ACCURACY_HEIGHT, signal, undefined, true);
  const title = h("h3", { title: "Gain: training accuracy beyond that of the start, in points" });
  const head = h("div.xai-plots-head", title, along, heldOutLabel);
  const empty = h("p.xai-no-gain.xai-label");
  const root = h("section.xai-plots", { "aria-label": "Gain" }, head, empty, gain.root, accuracy.root);
  el.append(root);

  const sayEmpty = () => {
    empty.textContent = emptyText(model.view.searches, model.get("status").state === "running");
    empty.hidden = !empty.textContent;
    head.hidden = gain.root.hidden = !empty.hidden;
  };
  model.watch(["status"], sayEmpty);
  model.watch(["ghosts"], () => model.setView({ searches: model.view.searches }));
  model.watchView(["searches", "along", "heldOut"], () => {
    const { view } = model;
    sayEmpty();
    const known = view.searches.some(({ baseline }) => baseline.held_out_accuracy !== null);
    title.textContent = view.along === "time" ? "Best gain so far" : "Gain over the start";
    along.value = view.along;
    heldOut.checked = view.heldOut;
    heldOutLabel.hidden = !known;
    accuracy.root.hidden = !known || !view.heldOut || !empty.hidden;
    gain.show(view.along === "time" ? timePlot(view) : withGhosts(gainPlot(view), model.get("ghosts")));
    if (!accuracy.root.hidden) accuracy.show(accuracyPlot(view));
    model.acknowledge(Math.max(-1, ...view.searches.map(({ frame }) => frame)));
  });
}

/**
 * The searches with other recipes, pale behind the one that is looked at.
 * @param {Plot & Marks} plot
 * @param {readonly ShownGhost[]} ghosts
 * @returns {Plot & Marks}
 */
function withGhosts(plot, ghosts) {
  const lines = ghosts
    .filter(({ number }) => number.length)
    .map(({ name, number, gain }) => ({
      name,
      kind: "ghost",
      x: number,
      y: Array.from(gain, inPoints),
      dashed: true,
    }));
  if (!lines.length) return plot;
  const last = Math.max(plot.x.domain[1], ...lines.flatMap(({ x }) => x[x.length - 1]));
  const domain = roomy([...lines, ...plot.lines, { y: [0] }], 0.05);
  return {
    ...plot,
    x: { ...plot.x, domain: [plot.x.domain[0], last] },
    y: { ...plot.y, domain },
    lines: [...lines, ...plot.lines],
  };
}

/** @param {number | null} delta */
const seriesName = (delta) => (delta === null ? deltaText(delta) : `shift ${deltaText(delta)}`);

/** @param {SearchView} view */
function groupsOf({ searches, series }) {
  return searches
    .flatMap(({ trials }) => byDelta(trials))
    .map(({ delta, trials }) => ({
      delta,
      name: seriesName(delta),
      kind: seriesOf(series, delta),
      numbers: trials.map(({ number }) => number),
      trials,
    }));
}

/** @param {readonly {numbers: number[]}[]} groups @returns {Plot["x"]} */
function trialAxis(groups) {
  const last = Math.max(FEWEST, ...groups.flatMap(({ numbers }) => numbers.at(-1) ?? 0));
  return { name: "trial", domain: [0, last], format: String };
}

/**
 * @param {{y: ArrayLike<number>}[]} lines
 * @param {number} least that is shown on either side
 * @returns {[number, number]} with room for marks
 */
function roomy(lines, least) {
  const [low, high] = domainOf(lines);
  const room = Math.max(MARGIN * (high - low), least);
  return [low - room, high + room];
}

/** @param {number} share */
const inPoints = (share) => 100 * share;

/** @param {SearchView} view @returns {Plot & Marks} */
function gainPlot(view) {
  const groups = groupsOf(view);
  const lines = groups.map(({ name, kind, numbers, trials }) => ({
    name,
    kind,
    x: numbers,
    y: trials.map((trial) => inPoints(trial.gain)),
  }));
  const domain = roomy([...lines, { y: [0] }], 0.05);
  const floor = domain[0] + 0.3 * MARGIN * (domain[1] - domain[0]);
  const tops = groups.flatMap(({ kind, trials }) => {
    const top = mostGained(trials);
    return top
      ? [{ x: top.number, y: inPoints(top.gain), kind, shape: /** @type {const} */ ("triangle") }]
      : [];
  });
  const crosses = groups.flatMap(({ kind, trials }) =>
    trials
      .filter(({ diverged }) => diverged)
      .map(({ number }) => ({ x: number, y: floor, kind, shape: /** @type {const} */ ("cross") })),
  );
  const best = Math.max(0, ...tops.map(({ y }) => y));
  return {
    label:
      `What each trial gains over the start, in points of accuracy; at most ` +
      `${pointsText(best / 100, 2)}. The table has the numbers.`,
    x: trialAxis(groups),
    y: { name: "gain, points", domain },
    lines,
    levels: [0],
    markers: [START, ...crosses, ...tops],
  };
}

/** @param {SearchView} view @returns {Plot & Marks} */
function timePlot({ searches }) {
  const last = Math.max(
    0,
    ...searches.map(({ seconds, trials }) => Math.max(seconds, ...trials.map(({ finished }) => finished))),
  );
  const lines = searches.map((search) => {
    const { x, y } = bestSoFar(search, last);
    return { name: STRATEGIES[search.strategy], kind: search.strategy, x, y: y.map(inPoints) };
  });
  const gains = searches.map(({ strategy, best }) => {
    const points = pointsText(Math.max(0, best.gain), 2);
    return `${STRATEGIES[strategy].toLowerCase()} ${points} points`;
  });
  return {
    label: `The best gain so far over time: ${gains.join(", ")}`,
    x: { name: "seconds", domain: [0, last || 1], format: String },
    y: { name: "best gain, points", domain: roomy([...lines, { y: [0] }], 0.05) },
    lines,
    levels: [0],
    markers: [START],
  };
}

/** @param {SearchView} view @returns {Plot & Marks} */
function accuracyPlot(view) {
  const groups = groupsOf(view);
  const lines = groups.flatMap(({ delta, kind, numbers, trials }) => [
    {
      name: `${seriesName(delta)}, training`,
      kind,
      x: numbers,
      y: trials.map((trial) => inPoints(trial.accuracy)),
    },
    {
      name: `${seriesName(delta)}, held-out`,
      kind,
      x: numbers,
      y: trials.map((trial) => inPoints(trial.heldOut)),
      dashed: true,
    },
  ]);
  const starts = view.searches
    .slice(0, 1)
    .flatMap(({ start }) => [start.accuracy, start.heldOut])
    .map(inPoints);
  return {
    label: "Accuracy of each trial on the training data (solid) and on what is held out (dashed), in percent",
    x: trialAxis(groups),
    y: { name: "accuracy, %", domain: roomy([...lines, { y: starts }], 0.05) },
    lines,
    markers: starts.map((y) => ({ x: 0, y, kind: "start" })),
  };
}
