import { STRATEGIES, deltaText, pointsText } from "./text.js";
import { bestSoFar, byDelta, mostGained, seriesOf } from "./trials.js";
import { domainOf } from "../../ui/plot/scale.js";

/** @import { ShownGhost } from "../../schema/search/output.js" */
/** @import { SearchView } from "./types.js" */
/** @import { Marks, Plot } from "../../ui/plot/scale.js" */

/** So many trials the axis has room for at least. */
const FEWEST = 5;

const MARGIN = 0.09;

const START = { x: 0, y: 0, kind: "start" };

/**
 * The searches with other recipes, pale behind the one that is looked at.
 * @param {Plot & Marks} plot
 * @param {readonly ShownGhost[]} ghosts
 * @returns {Plot & Marks}
 */
export function withGhosts(plot, ghosts) {
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
export function gainPlot(view) {
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
export function timePlot({ searches }) {
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
export function accuracyPlot(view) {
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
