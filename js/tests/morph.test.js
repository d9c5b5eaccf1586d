import assert from "node:assert/strict";
import { test } from "node:test";
import {
  between,
  differenceAt,
  morphOf,
  pictureAt,
  rangeOf,
  takeovers,
} from "../src/widgets/contrast/frames.js";
import { columnText } from "../src/widgets/contrast/panels.js";
import { answerText, distanceText, placeText, seenAt } from "../src/widgets/contrast/text.js";
import { arrayOf } from "../src/ui/wire.js";

/** @import { Morph } from "../src/widgets/contrast/frames.js" */
/** @import { ShownContrast } from "../src/schema/contrast/output.js" */

const LABELS = ["0", "1", "2"];

/** @param {number[]} values @param {number[]} [shape] */
const floats = (values, shape = [values.length]) =>
  arrayOf({ $array: "float32", shape, data: new Float32Array(values).buffer });

/** Two frames of one pixel, and three classes. @returns {ShownContrast} */
const contrast = () =>
  /** @type {ShownContrast} */ (
    /** @type {unknown} */ ({
      true: 0,
      probe: 1,
      true_label: "0",
      probe_label: "1",
      converged: true,
      partial: false,
      positions: floats([0, 1]),
      frames: arrayOf({
        $array: "uint8",
        shape: [2, 1, 1, 3],
        data: new Uint8Array([0, 0, 0, 100, 50, 201]),
      }),
      differences: arrayOf({ $array: "int8", shape: [2, 1, 1, 1], data: new Int8Array([0, -127]).buffer }),
      difference_scale: 0.01,
      log_likelihoods: floats([-0.1, -3, -5, -2, -1.9, -0.3], [2, 3]),
      gap: floats([2.9, -0.1]),
      third: floats([-3.45, 1.65]),
      penalty: floats([2.9, 1.75]),
    })
  );

const morph = () => /** @type {Morph} */ (morphOf(contrast(), LABELS));

test("nothing is drawn of no answer", () => {
  assert.equal(morphOf(null, LABELS), null);
});

test("a position lies between two frames, the ends on the first and the last", () => {
  assert.deepEqual(between([0, 0.5, 1], 0), { below: 0, share: 0 });
  assert.deepEqual(between([0, 0.5, 1], 0.625), { below: 1, share: 0.25 });
  assert.deepEqual(between([0, 0.5, 1], 1), { below: 1, share: 1 });
  assert.deepEqual(between([0, 1, 1.25, 1.5], 1.3), { below: 2, share: (1.3 - 1.25) / 0.25 });
  assert.deepEqual(between([0, 1, 1.25], 2), { below: 1, share: 1 });
  assert.deepEqual(between([0], 0.7), { below: 0, share: 0 });
});

test("pictures and differences are blended", () => {
  assert.deepEqual([.../** @type {Uint8Array} */ (pictureAt(morph(), 0.5).data)], [50, 25, 101]);
  assert.deepEqual([.../** @type {Uint8Array} */ (pictureAt(morph(), 1).data)], [100, 50, 201]);
  assert.deepEqual([...differenceAt(morph(), 0.5).values], [-63]);
  assert.equal(differenceAt(morph(), 0).scale, 0.01);
});

test("the curves are those of the two classes and of the strongest other", () => {
  const { curves } = morph();
  assert.deepEqual(curves.at, [0, 1]);
  assert.deepEqual([...curves.truth], [...Float32Array.of(-0.1, -2)]);
  assert.deepEqual([...curves.third], [...Float32Array.of(-5, -0.3)]);
  assert.deepEqual(curves.thirdClass, [2, 2]);
  assert.deepEqual(curves.seen, [0, 2]);
  assert.ok(Math.abs(curves.probability[1] - Math.exp(-0.3)) < 1e-6);
});

test("of two classes there is no third", () => {
  const two = { ...contrast(), log_likelihoods: floats([-0.1, -3, -0.7, -0.7], [2, 2]) };
  const { curves } = /** @type {Morph} */ (morphOf(two, LABELS));
  assert.deepEqual(curves.thirdClass, [-1, -1]);
  assert.ok(Number.isNaN(curves.third[0]));
});

test("a class that takes over does so from the middle between two frames", () => {
  assert.deepEqual(takeovers([-1, 7, 7, -1, 3], [0, 0.25, 0.5, 0.75, 1]), [
    { index: 7, from: 0.125, to: 0.625 },
    { index: 3, from: 0.875, to: 1 },
  ]);
  assert.deepEqual(
    takeovers([5, 6], [0, 1]).map(({ index }) => index),
    [5, 6],
  );
  assert.deepEqual(takeovers([-1, -1], [0, 1]), []);
});

test("one range serves all differences, and what stayed as it was does not count", () => {
  const values = Int8Array.of(0, 0, 0, 0, 0, 0, 100, -100);
  assert.equal(rangeOf([{ height: 1, width: 8, values, scale: 0.01 }]).toFixed(6), "1.000000");
  assert.equal(rangeOf([]), 1);
});

/** A third frame past the boundary, where class 1 is clear. @param {boolean} converged */
const further = (converged) =>
  /** @type {Morph} */ (
    morphOf(
      {
        ...contrast(),
        converged,
        positions: floats([0, 1, 1.25]),
        log_likelihoods: floats(
          [
            Math.log(0.9),
            Math.log(0.1),
            -9,
            Math.log(0.46),
            Math.log(0.45),
            -9,
            Math.log(0.06),
            Math.log(0.94),
            -9,
          ],
          [3, 3],
        ),
      },
      LABELS,
    )
  );

test("at the boundary it is as likely one as the other, and past it clear", () => {
  assert.equal(seenAt(further(true), 0), "seen as 0, 90.0 %");
  assert.equal(seenAt(further(true), 1), "as likely 1 as 0, 45.0 % and 46.0 %");
  assert.equal(seenAt(further(true), 2), "seen as 1, 94.0 %");
  assert.deepEqual(
    [0.5, 1, 1.2, 2].map((at) => placeText(further(true), at)),
    ["on the way, 50 %", "at the boundary", "past the boundary, 120 %", "past the boundary, 125 %"],
  );
  assert.equal(
    answerText(further(true)),
    "With the changes in colour it is as likely 1 as 0; further the same way it is seen as 1, 94.0 %.",
  );
  assert.match(answerText(further(false)), /^No way to 1 was found/);
});

test("likelihoods that differ by more than a hair are not called alike", () => {
  /** @param {number} own @param {number} other */
  const seen = (own, other) => {
    const shown = further(true);
    shown.curves.truth[1] = Math.log(own);
    shown.curves.probe[1] = Math.log(other);
    return seenAt(shown, 1);
  };
  assert.match(seen(0.47, 0.45), /^as likely/);
  assert.match(seen(0.49, 0.45), /^seen as/);
});

test("a column tells its change at the boundary, not at the end of the line", () => {
  const { contrast: made } = morph();
  assert.match(
    columnText(/** @type {Morph} */ ({ contrast: { ...made, reconstruction_error: 0.25 } })),
    /^at the boundary pixels have changed by 1\.27 \(rms\); the generator misses 0\.25$/,
  );
  const longer = {
    ...made,
    converged: false,
    reconstruction_error: 0.25,
    positions: floats([0, 1, 1.5]),
    differences: arrayOf({ $array: "int8", shape: [3, 1, 1, 1], data: new Int8Array([0, 100, 127]).buffer }),
  };
  assert.match(
    columnText(/** @type {Morph} */ ({ contrast: longer })),
    /^at its end pixels have changed by 1 \(rms\)/,
  );
});

test("a distance has the same digits in a tile and in the ledger", () => {
  assert.deepEqual([2.65, 2.6, 0.6161].map(distanceText), ["2.65", "2.60", "0.62"]);
});
