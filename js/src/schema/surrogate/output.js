// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped } from "../shared.js" */

/**
 * @typedef {object} ShownNode A question, or a leaf
 * @property {string} feature
 * @property {number} threshold
 * @property {number} below the node where the feature is at most the threshold; -1: a leaf
 * @property {number} above
 * @property {number} leaf its place among the leaves; -1: none
 */

/**
 * @typedef {object} ShownLeaf What the tree says of the pictures that come here
 * @property {string} label
 * @property {string[]} conditions
 * @property {number} count
 * @property {number} tested held out, of the pictures
 * @property {IntervalEstimate | null} agreement
 */

/**
 * @typedef {object} ShownDepth A tree of another depth
 * @property {IntervalEstimate} agreement
 * @property {IntervalEstimate} gain over one question less
 * @property {number} leaves
 */

/**
 * @typedef {object} ShownTree A tree, and how often it says what the network says
 * @property {number} depth
 * @property {string} features
 * @property {number | null} grid null: it does not ask about cells
 * @property {ShownNode[]} nodes the root first
 * @property {ShownLeaf[]} leaves
 * @property {Int32Array & Shaped} leaf_of (N,) the leaf of each picture
 * @property {Int32Array & Shaped} predicted (N,) the class that the network predicts
 * @property {Uint8Array & Shaped} held_out (N,)
 * @property {IntervalEstimate} agreement
 * @property {IntervalEstimate} majority
 * @property {ShownDepth[]} depths
 * @property {Record<string, IntervalEstimate>} per_class
 * @property {Record<string, number>} importance
 */

export {};
