import assert from "node:assert/strict";
import { test } from "node:test";
import { isAnswered, NOTHING_SHOWN, shownOf } from "../src/widgets/explorer/shown.js";
import { sharesOf } from "../src/widgets/explorer/weights.js";
import { arrayOf } from "../src/ui/wire.js";

/** @import { ShownPartner, ShownReadings } from "../src/schema/explorer/output.js" */
/** @import { ShownAttribution } from "../src/schema/shared.js" */
/** @import { ShownState } from "../src/widgets/explorer/shown.js" */

/** @param {number[]} values */
const floats = (values) =>
  arrayOf({ $array: "float32", shape: [1, values.length], data: new Float32Array(values).buffer });

/** @param {string | null} layer @param {number} value of the only cell */
function map(layer, value) {
  const cell = { row_edges: [0, 4], column_edges: [0, 4], window: [0, 0, 4, 4] };
  return /** @type {ShownAttribution} */ (
    /** @type {unknown} */ ({ ...cell, layer, cells: floats([value]), standard_error: floats([0.1]) })
  );
}

/** @param {Partial<ShownState>} changes @returns {ShownState} */
const state = (changes) => ({
  picture: null,
  original: null,
  prediction: null,
  prediction_before: null,
  attribution: map(null, 1),
  attribution_before: null,
  pictures: [],
  index: 0,
  layer: null,
  layer_maps: {},
  target: null,
  class_maps: {},
  operator: "",
  others: [],
  reading: "shapley",
  readings: null,
  ...changes,
});
/** @param {ShownAttribution | null} attribution */
const other = (attribution) =>
  /** @type {ShownPartner} */ (
    /** @type {unknown} */ ({
      name: "y",
      label: "y",
      network: "f",
      picture: null,
      prediction: null,
      attribution,
    })
  );
/** @param {number} linear */
const readings = (linear) =>
  /** @type {ShownReadings} */ (
    /** @type {unknown} */ ({
      linear: { cells: floats([linear]), r2: 1 },
      tree: { cells: floats([1, 2]), r2: 1, rules: [] },
    })
  );
/** @param {{map: import("../src/lib/maps.js").CellMap | null}} figure */
const valueOf = ({ map: drawn }) => drawn && drawn.values[0];

test("the map just computed is shown, before the one computed ahead", () => {
  const shown = shownOf(
    state({ layer: "a", attribution: map("a", 2), layer_maps: { a: [map("a", 9)] } }),
    NOTHING_SHOWN,
  );
  assert.equal(valueOf(shown.main), 2);
  assert.equal(shown.waiting, false);
});

test("a layer slid to is shown from what was computed ahead", () => {
  const shown = shownOf(
    state({ layer: "a", layer_maps: { "": [map(null, 1)], a: [map("a", 3)] } }),
    NOTHING_SHOWN,
  );
  assert.equal(valueOf(shown.main), 3);
  const back = shownOf(
    state({ layer: null, attribution: map("a", 3), layer_maps: { "": [map(null, 1)] } }),
    shown,
  );
  assert.equal(valueOf(back.main), 1);
});

test("a class that was asked before is shown before its answer", () => {
  const [old, asked] = [1, 2].map((target) => ({ ...map(null, target), target }));
  const known = { "": [asked], a: [map("a", 9)] };
  const shown = shownOf(state({ attribution: old, layer_maps: known }), NOTHING_SHOWN);
  assert.equal(valueOf(shown.main), 2);
  const answered = state({ attribution: { ...asked, cells: floats([3]) }, layer_maps: known });
  assert.equal(valueOf(shownOf(answered, shown).main), 3);
});

test("the page has the map of a class that was asked before, at the layer", () => {
  const [first, second] = [1, 2].map((target) => ({ ...map(null, target), target }));
  const asked = { attribution: first, layer_maps: { "": [first] }, target: 2 };
  const known = { 1: [first], 2: [second] };
  const shown = shownOf(state({ ...asked, class_maps: known }), NOTHING_SHOWN);
  assert.equal(valueOf(shown.main), 2);
  assert.equal(shown.waiting, false);
  const others = [
    state({ ...asked, class_maps: { 1: [first] } }),
    state({ ...asked, class_maps: { 2: [{ ...second, layer: "a" }] } }),
    // What stands before an edit would be of the class before.
    state({
      ...asked,
      class_maps: known,
      original: /** @type {any} */ ({ height: 1, width: 1, data: floats([0]) }),
    }),
  ];
  for (const each of others) assert.equal(valueOf(shownOf(each, NOTHING_SHOWN).main), 1);
});

test("a layer that is not there yet leaves what is shown, and says so", () => {
  const first = shownOf(state({ layer: "a", layer_maps: { a: [map("a", 3)] } }), NOTHING_SHOWN);
  const shown = shownOf(state({ layer: "b" }), first);
  assert.equal(valueOf(shown.main), 3);
  assert.equal(shown.waiting, true);
  assert.equal(valueOf(shownOf(state({ layer: "b", attribution: null }), first).main), null);
});

test("a joint map lies on every figure; otherwise each has its own", () => {
  const joined = shownOf(state({ operator: "join", others: [other(null)] }), NOTHING_SHOWN);
  assert.equal(valueOf(joined.others[0]), 1);
  const apart = shownOf(
    state({ operator: "left join", others: [other(map(null, -4)), other(null)] }),
    NOTHING_SHOWN,
  );
  assert.deepEqual(apart.others.map(valueOf), [-4, null]);
  assert.ok(Math.abs(apart.range - 4) < 0.1, "one range for all");
});

test("layers computed ahead have a map for each figure", () => {
  const layer_maps = { a: [map("a", 5), map("a", 6)] };
  const apart = shownOf(
    state({ operator: "left join", layer: "a", layer_maps, others: [other(map(null, 2))] }),
    NOTHING_SHOWN,
  );
  assert.deepEqual([apart.main, ...apart.others].map(valueOf), [5, 6]);
  const joined = shownOf(
    state({ operator: "join", layer: "a", layer_maps: { a: [map("a", 5)] }, others: [other(null)] }),
    NOTHING_SHOWN,
  );
  assert.equal(valueOf(joined.others[0]), 5);
});

test("another reading takes the place of the map where it has the same cells", () => {
  const shown = shownOf(state({ reading: "linear", readings: readings(7) }), NOTHING_SHOWN);
  assert.equal(valueOf(shown.main), 7);
  assert.equal(shown.main.map?.errors[0], 0);
  assert.equal(shown.reading, "linear");
  assert.equal(shownOf(state({ reading: "tree", readings: readings(7) }), NOTHING_SHOWN).reading, "shapley");
  assert.equal(shownOf(state({ reading: "linear" }), NOTHING_SHOWN).reading, "shapley");
});

test("readings of one layer are not laid over another", () => {
  const shown = shownOf(
    state({ reading: "linear", readings: readings(7), layer: "a", layer_maps: { a: [map("a", 3)] } }),
    NOTHING_SHOWN,
  );
  assert.equal(valueOf(shown.main), 3);
  assert.equal(shown.readings, null);
});

test("what each figure counts sums to one", () => {
  assert.deepEqual(sharesOf([]), [1]);
  assert.deepEqual(sharesOf([0.75]), [0.75, 0.25]);
  assert.deepEqual(sharesOf([null]), [0.5, 0.5]);
  for (const share of sharesOf([null, null])) assert.ok(Math.abs(share - 1 / 3) < 1e-12);
  assert.deepEqual(sharesOf([0.5, 0.5]), [0.25, 0.25, 0.5]);
});

test("a map answers its class, window and settings, whatever the trials", () => {
  const settings = { method: "shapley", baseline: "zeros", output: "logit", grid: 4, players: "grid" };
  const traits = { ...settings, trail: [], target: 3, prediction: null, budget: 64, seed: 0 };
  const main = { attribution: { ...map(null, 1), target: 3, settings }, picture: { height: 4, width: 4 } };
  const answered = (/** @type {Record<string, any>} */ changes) => {
    const now = /** @type {Record<string, any>} */ ({ ...traits, ...changes });
    const get = (/** @type {string} */ name) => now[name];
    return isAnswered(/** @type {any} */ ({ get, view: { shown: { main } } }));
  };
  const others = {
    method: "ig(steps=20)",
    baseline: "mean",
    output: "probability",
    grid: 7,
    players: "segments",
  };
  assert.ok(answered({}));
  assert.ok(answered({ budget: 4096, seed: 1 }));
  for (const [name, value] of Object.entries({ ...others, target: 1, trail: [[0, 0, 2, 2]] })) {
    assert.ok(!answered({ [name]: value }), name);
  }
});
