// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Shaped } from "../shared.js" */

/**
 * @typedef {object} ShownWord A word of the sentence
 * @property {string} text
 * @property {boolean} is_known whether the network knows it
 * @property {boolean} special whether the tokenizer has added it
 */

/**
 * @typedef {object} ShownTextContrast The way from the sentence to the boundary between its class and
 *   another
 * @property {number} true
 * @property {number} probe
 * @property {string} true_label
 * @property {string} probe_label
 * @property {string} start_label what the network says of the generator's own sentence
 * @property {Float32Array & Shaped} positions 0: the sentence, 1: the boundary
 * @property {string[][]} candidates of each word, the own one first
 * @property {Float32Array & Shaped} weights (frames, words, candidates)
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes), of mixtures of words
 * @property {string} sentence of real words
 * @property {string[]} replacements
 * @property {boolean[]} changed
 * @property {number[]} change how much weight goes over to other words
 * @property {string} hard_label
 * @property {number} hard_probability
 * @property {boolean} holds whether the sentence of real words is of the probe class
 * @property {boolean} converged
 * @property {number} distance
 * @property {number} gradients
 * @property {number} seconds
 * @property {string} device
 */

/**
 * @typedef {object} ShownEffects What each word adds to the class and not to the probe, in log odds
 * @property {number[]} leave_one_out
 * @property {number[]} gradient
 */

/**
 * @typedef {object} AskedSentence A question that was answered
 * @property {string} sentence
 * @property {number} probe
 * @property {number[]} pinned
 * @property {string} title
 * @property {string} answer
 */

export {};
