// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} ShownContrast The way from the picture to the boundary between its class and another
 * @property {number} frame
 * @property {"cdeepex" | "xgems"} method
 * @property {number} true
 * @property {number} probe
 * @property {string} true_label
 * @property {string} probe_label
 * @property {Float32Array & Shaped} positions 0: the picture, 1: the boundary, above 1: past it
 * @property {Uint8Array & Shaped} frames (frames, height, width, 3)
 * @property {Int8Array & Shaped} differences from the picture, (frames, height, width, 3), or 1 if it has
 *   no colours
 * @property {number} difference_scale what one step of the differences is worth
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes)
 * @property {Float32Array & Shaped} gap of the true class to the probe
 * @property {Float32Array & Shaped} third the strongest third class, against the middle of both
 * @property {Float32Array & Shaped} penalty
 * @property {number[]} intruders the class that beats both there, else -1
 * @property {boolean} converged
 * @property {number} third_class at the end; -1: none
 * @property {number} distance
 * @property {number} steps
 * @property {number} gap_at_end
 * @property {number} reconstruction_error
 * @property {number | null} missed of how many of its own pictures the generator misses less
 * @property {number} evaluations
 * @property {number} gradients
 * @property {number} seconds
 * @property {number} seed
 * @property {string} device
 * @property {boolean} partial
 */

/**
 * @typedef {object} Multiple The same question about another class
 * @property {number} probe
 * @property {string} label
 * @property {number} probability
 * @property {ShownPicture} picture at the boundary
 * @property {Int8Array & Shaped} difference (height, width, 3), or 1
 * @property {number} difference_scale
 * @property {boolean} converged
 * @property {number} distance
 * @property {number} third_class
 */

/**
 * @typedef {object} DirectMap The contrast of a method that makes no picture
 * @property {string} method
 * @property {string} name
 * @property {Float32Array & Shaped} values
 * @property {number} kept how many weightings of the two classes work
 * @property {[number, number] | null} weights
 * @property {string} note
 */

/**
 * @typedef {object} ShownImposed The change inside the painted mask, by degrees
 * @property {Float32Array & Shaped} strengths
 * @property {Uint8Array & Shaped} frames (strengths, height, width, 3)
 * @property {Float32Array & Shaped} log_likelihoods (strengths, classes)
 */

/**
 * @typedef {object} ShownOverall What the changes of all pictures have in common
 * @property {ShownPicture} picture the mean of them
 * @property {Int8Array & Shaped} difference (height, width, 3), or 1
 * @property {number} difference_scale
 * @property {number} count
 * @property {number} reached
 * @property {string} probe_label
 */

/**
 * @typedef {object} ShownStamp How many pictures become the probe by a window
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {[top: number, left: number, height: number, width: number]} elsewhere
 * @property {IntervalEstimate} before
 * @property {IntervalEstimate} after
 * @property {IntervalEstimate} control
 * @property {number} count
 * @property {boolean} apart whether they are others than those of the mean map
 */

/**
 * @typedef {object} ShownColumn What another network, or the same through another generator, answers
 * @property {string} name
 * @property {ShownContrast | null} contrast null: it finds the picture of another class
 * @property {string} label what its network sees in the picture
 * @property {number} probability
 */

/**
 * @typedef {object} ClosedShares Which share of the gap a change closes; null where there is none
 * @property {number | null} network
 * @property {number | null} judge
 */

/**
 * @typedef {object} ShownJudgement What another network says of the changes
 * @property {Record<string, ClosedShares>} closed by panel, all with as much ink
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes), along the morph
 */

/**
 * @typedef {object} ShownPair A picture, the class that it was asked about, and the picture at the boundary
 * @property {number} index
 * @property {number} probe
 * @property {string} title
 * @property {ShownPicture} thumbnail
 */

export {};
