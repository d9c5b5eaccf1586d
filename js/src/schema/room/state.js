// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownOutcome, ShownView } from "./output.js" */

/**
 * @typedef {object} RoomState Who sits in it
 * @property {string} person The code of the person, by which they go on after a restart; empty before they
 *   begin
 * @property {string} study by which the page remembers who has not finished
 * @property {string} consent
 * @property {string} instructions
 * @property {string} question
 * @property {string[]} answers
 * @property {boolean} unsure whether the key 0 is an answer
 * @property {string[]} ratings
 * @property {number} total
 * @property {"consent" | "instructions" | "item" | "feedback" | "rating" | "done"} phase
 * @property {number} trial from 1
 * @property {ShownView | null} item
 * @property {ShownView | null} view beside the item, or after the answer
 * @property {ShownOutcome | null} outcome
 * @property {number | null} right of all; null before the end
 * @property {string[]} log_notes
 */

export {};
