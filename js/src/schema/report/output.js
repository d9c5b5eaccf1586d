// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped } from "../shared.js" */

/**
 * @typedef {object} ShownArm What people answered in one arm
 * @property {string} arm
 * @property {number} people
 * @property {number} count
 * @property {number} right
 * @property {number} unsure
 * @property {IntervalEstimate} accuracy resampled by people
 * @property {IntervalEstimate | null} precision
 * @property {IntervalEstimate | null} recall
 * @property {IntervalEstimate | null} f1
 * @property {IntervalEstimate | null} seconds the median response time
 * @property {number | null} above_chance p, one-sided; null: too few people
 * @property {Float32Array & Shaped} mean right answers up to each trial
 * @property {Float32Array & Shaped} low of its 95 % interval
 * @property {Float32Array & Shaped} high
 * @property {Float32Array & Shaped} times the share of answers in each bin
 * @property {number[]} ratings how often each, from 1 to 5
 */

/**
 * @typedef {object} ShownArmPair One arm against another
 * @property {string} arm
 * @property {string} other
 * @property {IntervalEstimate} difference
 * @property {number | null} pvalue
 * @property {number | null} corrected
 * @property {string} method
 * @property {string} verdict
 */

/**
 * @typedef {object} ShownPower How many people it would take to show the difference that was seen
 * @property {string} arm
 * @property {string} other
 * @property {number | null} needed people a side, for 80 %; null: there is no difference to show
 */

/**
 * @typedef {object} ShownReport What a log says
 * @property {string} study
 * @property {string} question
 * @property {string} positive
 * @property {number} people
 * @property {number} answers
 * @property {number} chance
 * @property {string[]} notes
 * @property {ShownArm[]} arms
 * @property {ShownArmPair[]} pairs by right answers
 * @property {ShownArmPair[]} by_item of items that people judged in both arms
 * @property {ShownArmPair[]} slower by response times
 * @property {ShownPower | null} power
 * @property {Float32Array & Shaped} time_edges of the bins of response times, in seconds
 * @property {string[]} ratings
 */

export {};
