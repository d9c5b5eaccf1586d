// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Shaped } from "../shared.js" */

/**
 * @typedef {object} ShownView A picture, a morph, or a saved page
 * @property {"picture" | "morph" | "page"} kind
 * @property {number} count of frames
 * @property {number} height
 * @property {number} width
 * @property {Uint8Array & Shaped} data RGB, frame by frame
 * @property {string} page
 */

/**
 * @typedef {object} ShownOutcome What came of an answer
 * @property {boolean} right
 * @property {string} answer
 * @property {string} truth
 */

export {};
