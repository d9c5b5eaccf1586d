import assert from "node:assert/strict";
import test from "node:test";
import {
  BY_PREDICTION,
  BY_RIGHT,
  CHOSEN,
  classesOf,
  colouringOf,
  DIMMED,
  presentClasses,
  statesOf,
  USUAL,
} from "../src/widgets/vectormap/colours.js";
import {
  between,
  frameOf,
  lensOf,
  moved,
  neighbour,
  nextPicture,
  placesOf,
  pointAt,
  pointsInside,
  WHOLE,
  zoomed,
} from "../src/widgets/vectormap/scene.js";
import {
  agreementText,
  answerText,
  chosenText,
  countsOf,
  honestText,
  noiseText,
  pictureText,
} from "../src/widgets/vectormap/text.js";

const SIZE = { width: 300, height: 200 };
const POINTS = Float32Array.of(-10, 0, 10, 0, 0, 4, 0, -4);

test("a frame holds all points with a margin, and distances keep their proportions", () => {
  const frame = frameOf(POINTS);
  const places = placesOf(POINTS, frame);
  assert.deepEqual([frame.x, frame.y], [0, 0]);
  const lens = lensOf(SIZE, WHOLE);
  const xs = [0, 1].map((i) => lens.left + places[2 * i] * lens.scale);
  assert.ok(xs[0] > 0 && xs[0] < 12 && Math.abs(xs[0] + xs[1] - SIZE.width) < 1e-3);
  assert.ok(Math.abs((places[2] - places[0]) / (places[5] - places[7]) - 20 / 8) < 1e-6);
  assert.deepEqual(frameOf(Float32Array.of(1, 2)), { x: 1, y: 2, half: 1 });
});

test("points go to where they are along straight lines", () => {
  const halfway = between(Float32Array.of(0, 2), Float32Array.of(4, 2), 0.5);
  assert.deepEqual([...halfway], [2, 2]);
});

test("what is under the hand stays there while the map is zoomed, inside the frame", () => {
  const hand = { x: 200, y: 60 };
  const before = lensOf(SIZE, WHOLE);
  const camera = zoomed(WHOLE, 4, SIZE, hand);
  const after = lensOf(SIZE, camera);
  assert.equal(camera.zoom, 4);
  const [x, y] = [(hand.x - before.left) / before.scale, (before.top - hand.y) / before.scale];
  assert.ok(Math.abs(after.left + x * after.scale - hand.x) < 1e-9);
  assert.ok(Math.abs(after.top - y * after.scale - hand.y) < 1e-9);
  assert.equal(zoomed(camera, 1e-9, SIZE, hand).zoom, 1);
  assert.deepEqual(zoomed(camera, 1e-9, SIZE, hand), { ...WHOLE, x: 0, y: 0 });
  assert.equal(zoomed(camera, 1e9, SIZE, hand).zoom, 60);
});

test("the map follows a drag, and stops at the frame's edge", () => {
  const camera = { zoom: 4, x: 0, y: 0 };
  const next = moved(camera, SIZE, 40, 20);
  assert.deepEqual([next.x, next.y], [-0.1, 0.05]);
  assert.equal(moved(camera, SIZE, -1e9, 0).x, 1.5 * 0.75);
  assert.deepEqual(moved(WHOLE, SIZE, 50, 50), { zoom: 1, x: 0, y: 0 });
});

test("the nearest point in reach is meant", () => {
  const places = placesOf(POINTS, frameOf(POINTS));
  const lens = lensOf(SIZE, WHOLE);
  const at = (/** @type {number} */ i) => ({
    x: lens.left + places[2 * i] * lens.scale,
    y: lens.top - places[2 * i + 1] * lens.scale,
  });
  for (const i of [0, 1, 2, 3]) {
    const { x, y } = at(i);
    assert.equal(pointAt(places, lens, { x: x + 3, y: y - 2 }, 12), i);
  }
  assert.equal(pointAt(places, lens, { x: 60, y: 20 }, 12), -1);
});

test("a lasso holds the points that it goes around, as they are seen", () => {
  const places = placesOf(POINTS, frameOf(POINTS));
  /** @type {[number, number][]} */
  const upper = [
    [100, 0],
    [200, 0],
    [200, 99],
    [100, 99],
  ];
  assert.deepEqual(pointsInside(places, lensOf(SIZE, WHOLE), upper), [2]);
  /** @type {[number, number][]} */
  const left = [
    [0, 0],
    [151, 0],
    [151, 200],
    [0, 200],
  ];
  assert.deepEqual(pointsInside(places, lensOf(SIZE, WHOLE), left), [0, 2, 3]);
});

test("keys go to the nearest point on a side, or nowhere", () => {
  const places = Float32Array.of(0, 0, 1, 0.5, 3, 0, 0.4, 1, 0, -2);
  assert.equal(neighbour(places, 0, 1, 0), 1);
  assert.equal(neighbour(places, 0, 0, 1), 3);
  assert.equal(neighbour(places, 0, 0, -1), 4);
  assert.equal(neighbour(places, 0, -1, 0), 0);
  assert.equal(neighbour(places, 1, 1, 0), 2);
});

test("keys go through a class and on to the next class", () => {
  const classes = Int32Array.of(2, 0, 2, 5, 0);
  assert.equal(nextPicture(classes, -1, 1, "same"), 0);
  assert.equal(nextPicture(classes, 0, 1, "same"), 2);
  assert.equal(nextPicture(classes, 2, 1, "same"), 0);
  assert.equal(nextPicture(classes, 0, -1, "same"), 2);
  assert.equal(nextPicture(classes, 3, 1, "same"), 3);
  assert.equal(nextPicture(classes, 0, 1, "next"), 3);
  assert.equal(nextPicture(classes, 3, 1, "next"), 1);
  assert.equal(nextPicture(classes, 0, -1, "next"), 1);
  assert.equal(nextPicture(new Int32Array(), -1, 1, "same"), -1);
});

const KNOWN = {
  count: 4,
  colour: "label",
  labels: Int32Array.of(1, 1, 9, 4),
  predicted: Int32Array.of(1, 4, 9, 4),
  scores: { depth: Float32Array.of(0, 5, NaN, 10) },
};

test("a class has one colour, as label and as prediction", () => {
  const [labels, predicted] = ["label", BY_PREDICTION].map((colour) => colouringOf({ ...KNOWN, colour }));
  assert.deepEqual(presentClasses(KNOWN), [1, 4, 9]);
  assert.deepEqual([...labels.styles], [0, 0, 2, 1]);
  assert.deepEqual([...predicted.styles], [0, 1, 2, 1]);
  assert.equal(labels.byClass.get(9)?.colour, "var(--series-3)");
  assert.deepEqual(classesOf({ ...KNOWN, colour: BY_PREDICTION }), KNOWN.predicted);
  assert.deepEqual(classesOf({ ...KNOWN, colour: "depth" }), KNOWN.labels);
});

test("more classes than colours differ in shape", () => {
  const labels = Int32Array.from({ length: 20 }, (_, i) => i);
  const { looks } = colouringOf({ ...KNOWN, count: 20, labels, predicted: null });
  const told = new Set(looks.slice(0, 20).map(({ colour, shape }) => `${colour} ${shape}`));
  assert.equal(told.size, 20);
  assert.equal(looks[8].colour, looks[0].colour);
  assert.notEqual(looks[8].shape, looks[0].shape);
});

test("while nothing is predicted, points have no class", () => {
  const { looks, styles } = colouringOf({ ...KNOWN, labels: null, predicted: null, colour: BY_PREDICTION });
  assert.deepEqual([...styles], [0, 0, 0, 0]);
  assert.equal(looks.length, 1);
});

test("right and wrong differ in colour and shape", () => {
  const { looks, styles } = colouringOf({ ...KNOWN, colour: BY_RIGHT });
  assert.deepEqual([...styles], [0, 1, 0, 0]);
  assert.notEqual(looks[0].shape, looks[1].shape);
  assert.deepEqual([...colouringOf({ ...KNOWN, colour: BY_RIGHT, predicted: null }).styles], [2, 2, 2, 2]);
});

test("numbers go from one colour to another, and those not known have neither", () => {
  const { styles, range, looks } = colouringOf({ ...KNOWN, colour: "depth" });
  assert.deepEqual(range, [0, 10]);
  assert.equal(styles[0], 0);
  assert.equal(styles[3], looks.length - 2);
  assert.equal(styles[2], looks.length - 1);
  assert.ok(styles[1] > 10 && styles[1] < 13);
});

test("classes are dimmed, and what is chosen is seen all the same", () => {
  assert.deepEqual([...statesOf(4, KNOWN.labels, [1], [1])], [DIMMED, CHOSEN, USUAL, USUAL]);
  assert.deepEqual([...statesOf(2, null, [1], [])], [USUAL, USUAL]);
});

const TOLD = { ...KNOWN, classes: ["a", "cat", "c", "d", "dog"] };
const LOSS = (/** @type {number} */ value, /** @type {number} */ chance) => ({
  trustworthiness: 0.9,
  agree: {
    full: { value: 0.8, low: 0.75, high: 0.85 },
    plane: { value, low: value - 0.02, high: value + 0.02 },
    chance,
  },
  variance: null,
});
const PLANE = /** @type {any} */ ({ points: POINTS, layer: "conv1", method: "tsne", frame: 1, loss: null });

test("a picture is told with its label, its prediction and its numbers", () => {
  assert.equal(pictureText(TOLD, 1), "picture 1: label “cat”, predicted “dog”, depth 5");
  assert.equal(pictureText({ ...TOLD, labels: null, scores: {} }, 2), "picture 2: predicted “9”");
});

test("the answer says what is laid out, and how many are chosen", () => {
  assert.equal(
    answerText({ plane: PLANE, count: 10000, selection: [1] }),
    "10,000 pictures by what layer “conv1” has of them, laid out by t-SNE; 1 is chosen.",
  );
  assert.equal(answerText({ plane: null, count: 3, selection: [] }), "3 pictures, not laid out yet.");
});

test("the chosen are counted by class, the most first", () => {
  assert.deepEqual(countsOf([0, 1, 2, 3], KNOWN.labels), [
    [1, 2],
    [4, 1],
    [9, 1],
  ]);
  assert.equal(chosenText({ ...TOLD, selection: [0, 1, 3] }), "By label cat: 2 · dog: 1. 1 predicted wrong.");
  assert.equal(chosenText({ ...TOLD, labels: null, selection: [0] }), "By prediction cat: 1.");
  assert.match(chosenText({ ...TOLD, selection: [] }), /None is chosen/);
});

test("what a map says is told apart only where intervals are", () => {
  assert.match(agreementText(LOSS(0.6, 0.1)), /mixes what the layer keeps apart/);
  assert.match(agreementText(LOSS(0.9, 0.1)), /purer than in the layer/);
  assert.match(agreementText(LOSS(0.84, 0.1)), /not told apart/);
});

test("t-SNE's groups mean nothing by themselves; of PCA the share shown is told", () => {
  assert.match(honestText(PLANE), /groups of pure noise/);
  const pca = { ...PLANE, method: "pca", loss: { ...LOSS(0.5, 0.1), variance: 0.37 } };
  assert.match(honestText(pca), /37\.0 % of the variance is shown here/);
});

test("noise agrees by chance, and says so if it does not", () => {
  assert.match(noiseText({ ...PLANE, loss: LOSS(0.1, 0.1) }), /no more often than by chance.*t-SNE’s own/);
  assert.match(
    noiseText({ ...PLANE, method: "pca", loss: LOSS(0.5, 0.1) }),
    /more often than by chance \(50/,
  );
  assert.match(noiseText(PLANE), /being laid out/);
});
