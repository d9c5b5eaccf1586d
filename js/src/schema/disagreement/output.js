// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} ShownVote What the person has said of one of the queue; empty: nothing yet
 * @property {"" | "first" | "second" | "neither"} side
 */

/**
 * @typedef {object} ShownSide What one network says
 * @property {string} network
 * @property {string} label
 * @property {number} probability
 * @property {Float32Array & Shaped} cells its map, of its own class
 */

/**
 * @typedef {object} ShownDisagreement A picture of which two networks say different things
 * @property {number} place
 * @property {number} index of the image
 * @property {"apart" | "alone"} arm
 * @property {number} distance
 * @property {ShownPicture} picture
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {number} range the value at full colour, of both maps
 * @property {[ShownSide, ShownSide]} sides
 * @property {number} frame
 */

/**
 * @typedef {object} ShownScore How often a judge picks the network that is right
 * @property {string} judge
 * @property {number} right
 * @property {number} count
 * @property {IntervalEstimate | null} share
 * @property {IntervalEstimate | null} seconds
 * @property {number | null} pvalue against confidence
 */

export {};
