import { h } from "../../ui/dom.js";
import { cellStep } from "./geometry.js";
import { group, tool } from "./tools.js";
import { currentWindow } from "./trail.js";
import { wholeOf } from "./zoom.js";

/** @import { Edit } from "./tools.js" */
/** @import { ExplorerBinding } from "./types.js" */

const TURN = 15;
const ENLARGE = 1.25;

/**
 * The whole picture is shifted, turned or scaled.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 * @param {Edit} edit
 */
export function movingTools(model, bar, edit) {
  const degrees = h("input.xai-degrees", {
    type: "number",
    "aria-label": "Degrees to rotate by",
    value: TURN,
    min: 1,
    max: 180,
    step: 1,
  });
  /** @param {number} rows @param {number} columns in cells */
  const shift = (rows, columns) => () => {
    const [row, column] = cellStep(currentWindow(model.get("trail"), wholeOf(model)), model.get("grid"));
    edit({ operation: "shift", rows: rows * row, columns: columns * column });
  };
  /** @param {1 | -1} side */
  const rotate = (side) => () =>
    edit({ operation: "rotate", degrees: side * (degrees.valueAsNumber || TURN) });
  /** @param {number} factor */
  const scale = (factor) => () => edit({ operation: "scale", factor });

  const shifting = group(
    "Shift",
    tool("Shift left by a cell", "left", shift(0, -1)),
    tool("Shift up by a cell", "up", shift(-1, 0)),
    tool("Shift down by a cell", "down", shift(1, 0)),
    tool("Shift right by a cell", "right", shift(0, 1)),
  );
  const turning = group(
    "Rotate",
    tool("Rotate anticlockwise", "anticlockwise", rotate(1)),
    degrees,
    tool("Rotate clockwise", "clockwise", rotate(-1)),
  );
  const scaling = group(
    "Scale",
    tool("Scale down", "smaller", scale(1 / ENLARGE)),
    tool("Scale up", "larger", scale(ENLARGE)),
  );
  const title = "shift, rotate or scale the whole picture";
  bar.append(
    h(
      "details.xai-moving",
      h("summary.xai-button", { title }, "Move"),
      h("div.xai-moving-tools", shifting, turning, scaling),
    ),
  );
}
