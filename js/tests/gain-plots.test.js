import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracyPlot, gainPlot, timePlot, withGhosts } from "../src/widgets/search/gain-plots.js";

/** @import { Search, Trial } from "../src/widgets/search/trials.js" */
/** @import { SearchView } from "../src/widgets/search/types.js" */

/** @param {number} number @param {number} gain @param {Partial<Trial>} [more] */
const trial = (number, gain, more = {}) =>
  /** @type {Trial} */ (
    /** @type {unknown} */ ({
      delta: 0.01,
      number,
      gain,
      accuracy: 0.8 + gain,
      heldOut: 0.7 + gain,
      finished: 2 * number,
      diverged: false,
      ...more,
    })
  );

/** @param {Trial[]} trials @param {Partial<Search>} [more] @returns {SearchView} */
const viewOf = (trials, more = {}) =>
  /** @type {SearchView} */ (
    /** @type {unknown} */ ({
      searches: [
        {
          strategy: "shift",
          trials,
          seconds: 9,
          best: { gain: 0.02 },
          start: { accuracy: 0.8, heldOut: 0.7 },
          ...more,
        },
      ],
      series: new Map([[0.01, 1]]),
    })
  );

test("gains are drawn in points, with the start at zero and a triangle at the best", () => {
  const plot = gainPlot(viewOf([trial(1, 0.01), trial(2, 0.02), trial(3, -0.01)]));
  const [{ x, y, name }] = plot.lines;
  assert.deepEqual([x, y, name], [[1, 2, 3], [1, 2, -1], "shift 0.01"]);
  assert.deepEqual(plot.x.domain, [0, 5]);
  const [start, best] = plot.markers ?? [];
  assert.deepEqual([start.x, start.y], [0, 0]);
  assert.deepEqual([best.x, best.y, best.shape], [2, 2, "triangle"]);
  assert.match(plot.label, /at most \+2\.00\./);
});

test("what diverged is a cross just above the floor of the plot", () => {
  const plot = gainPlot(viewOf([trial(1, 0.01), trial(2, NaN, { diverged: true })]));
  const [low, high] = plot.y.domain ?? [0, 0];
  const cross = plot.markers?.find(({ shape }) => shape === "cross");
  assert.equal(cross?.x, 2);
  assert.ok(cross && cross.y > low && cross.y < low + 0.05 * (high - low));
});

test("over time a search that has lost has gained nothing", () => {
  const plot = timePlot(viewOf([trial(1, -0.03)], { best: /** @type {any} */ ({ gain: -0.03 }) }));
  assert.match(plot.label, /: shifted starts 0\.00 points$|: .* \+?0\.00 points$/);
  assert.deepEqual(plot.x.domain, [0, 9]);
});

test("accuracy is drawn in percent, what is held out dashed, the starts at zero", () => {
  const plot = accuracyPlot(viewOf([trial(1, 0.1)]));
  assert.deepEqual(
    plot.lines.map(({ y, dashed }) => [Math.round(Number(y[0])), Boolean(dashed)]),
    [
      [90, false],
      [80, true],
    ],
  );
  assert.deepEqual(
    plot.markers?.map(({ x, y }) => [x, Math.round(y)]),
    [
      [0, 80],
      [0, 70],
    ],
  );
});

test("searches with other recipes lie behind, and the axes have room for them", () => {
  const plot = gainPlot(viewOf([trial(1, 0.01)]));
  const ghosts = /** @type {any[]} */ ([
    { name: "wider", number: Int32Array.of(1, 8), gain: Float32Array.of(0.5, -0.5) },
    { name: "none", number: new Int32Array(0), gain: new Float32Array(0) },
  ]);
  const both = withGhosts(plot, ghosts);
  assert.deepEqual(
    both.lines.map(({ name, kind }) => [name, kind === "ghost"]),
    [
      ["wider", true],
      ["shift 0.01", false],
    ],
  );
  assert.deepEqual(both.x.domain, [0, 8]);
  assert.ok(both.y.domain && both.y.domain[0] < -50 && both.y.domain[1] > 50);
  assert.equal(withGhosts(plot, [ghosts[1]]), plot);
});
