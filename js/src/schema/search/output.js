// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped } from "../shared.js" */

/**
 * @typedef {object} ShownRecipe How each network is trained
 * @property {string} network
 * @property {number} training_inputs
 * @property {number | null} held_out
 * @property {number} classes
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {string} kernel_initializer
 * @property {string} bias_initializer
 * @property {number} seed
 * @property {string} device
 * @property {string | null} workers
 */

/**
 * @typedef {object} ShownBaseline The network before any trial
 * @property {number} accuracy
 * @property {number | null} held_out_accuracy
 * @property {number | null} loss null: it has diverged
 */

/**
 * @typedef {object} ShownBest The most accurate network so far
 * @property {number | null} delta
 * @property {number} number 0: the baseline itself
 * @property {number} accuracy
 * @property {number | null} held_out_accuracy
 * @property {number} gain
 */

/**
 * @typedef {object} ShownSearch All trainings of one strategy so far; a trial is a place in the columns
 * @property {"shift" | "reseed" | "order" | "all"} strategy
 * @property {ShownBaseline} baseline
 * @property {number} count of trials, without the baseline
 * @property {number} counted how many of these, from the first, are of the search as it is set
 * @property {Float32Array & Shaped} delta NaN: drawn again
 * @property {Float32Array & Shaped} accuracy
 * @property {Float32Array & Shaped} held_out_accuracy NaN: nothing is held out
 * @property {Float32Array & Shaped} gain
 * @property {Float32Array & Shaped} loss
 * @property {Float32Array & Shaped} took seconds
 * @property {Float32Array & Shaped} finished seconds since the start of the search
 * @property {Int32Array & Shaped} number from 1 for each delta
 * @property {Uint8Array & Shaped} diverged
 * @property {ShownBest} best
 * @property {[number, number]} spread
 * @property {[number, number] | null} held_out_spread
 * @property {"" | "max_time" | "max_trial" | "max_gain" | "completed" | "cancelled"} stopped_by
 * @property {number} seconds since the start of the search
 * @property {number} frame
 */

/**
 * @typedef {object} ShownComparison By how much the trials of the first search are better than those of the
 *   second
 * @property {number} difference of the means, 0.01 is one point
 * @property {number} error two standard errors after Welch
 * @property {[number, number]} counts of trials
 * @property {boolean} held_out whether these are accuracies on what is held out
 */

/**
 * @typedef {object} ShownGhost A search with another recipe, as it was left
 * @property {string} name
 * @property {Int32Array & Shaped} number
 * @property {Float32Array & Shaped} gain the best so far
 */

/**
 * @typedef {object} ShownLane One way to a network, over all seeds
 * @property {string} name
 * @property {IntervalEstimate} held_out the mean over seeds of the network chosen by training
 * @property {IntervalEstimate | null} chosen the best shown on one half of what is held out
 * @property {IntervalEstimate | null} read the same on the other half
 */

/**
 * @typedef {object} ShownRace Which way is better, by pairs of one seed
 * @property {number} seeds that are finished
 * @property {ShownLane[]} lanes
 * @property {string[]} verdicts
 */

export {};
