// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} ShownSignature The pictures of the class, and how far each stands out
 * @property {Int32Array & Shaped} indices
 * @property {Float32Array & Shaped} projections (n, 2), in standard deviations of the first
 * @property {number[]} variance shares along the two
 * @property {string} layer
 */

/**
 * @typedef {object} ShownWindow A window that may hold the trigger, and what it does
 * @property {string} name
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {IntervalEstimate} paste_rate
 * @property {IntervalEstimate} paste_control
 * @property {IntervalEstimate} erase_rate
 * @property {IntervalEstimate} erase_control
 * @property {boolean} control whether it is where the maps differ least
 */

/**
 * @typedef {object} ShownTrigger The join of the suspects minus the join of ordinary pictures, and the
 *   windows proposed
 * @property {Float32Array & Shaped} difference
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {ShownPicture} picture the mean of the suspects
 * @property {number} suspects
 * @property {ShownWindow[]} windows the control last
 */

/**
 * @typedef {object} ShownCleansing How often the trigger succeeds before and after training again
 * @property {number} removed
 * @property {IntervalEstimate} before
 * @property {IntervalEstimate | null} after
 * @property {IntervalEstimate | null} control without as many others
 * @property {IntervalEstimate | null} accuracy_before
 * @property {IntervalEstimate | null} accuracy_after
 */

/**
 * @typedef {object} ShownTruth Which pictures of the class are poisoned, and how well scores tell
 * @property {Uint8Array & Shaped} poisoned
 * @property {Record<string, IntervalEstimate>} areas AUROC by score; chance is 0.5
 */

export {};
