// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Score, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} ShownFit Of a new detector, how far it is fitted
 * @property {boolean} possible whether there are pictures to learn from
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 */

/**
 * @typedef {object} ShownVoting How well the votes of mutants alone tell wrong predictions of the
 *   validation images
 * @property {Int32Array & Shaped} counts of mutants
 * @property {Float32Array & Shaped} aurocs of so many
 * @property {Float32Array & Shaped} errors standard errors of these
 * @property {number} right mean label change rate of right predictions
 * @property {number} right_spread its standard deviation
 * @property {number} wrong
 * @property {number} wrong_spread
 * @property {number} pictures that all mutants have voted on
 */

/**
 * @typedef {object} Explorers Which other widgets can be opened
 * @property {boolean} explorer
 * @property {boolean} contrast
 */

/**
 * @typedef {object} ShownValidation What each threshold would have done on the validation images
 * @property {number} count
 * @property {Float32Array & Shaped} scores the different ones, the highest first
 * @property {Int32Array & Shaped} rejected by how many of these scores are rejected
 * @property {Int32Array & Shaped} missed alike, the wrong predictions that are kept
 */

/**
 * @typedef {object} ShownDetector The scores of one detector
 * @property {string} name
 * @property {string} doc what it is, in the field's words
 * @property {Float32Array & Shaped} values one a prediction; higher: more likely wrong
 * @property {number} auroc
 * @property {number} auroc_error
 * @property {number} lead its area beyond that of the largest probability
 * @property {number} lead_error standard error of that difference, of paired predictions
 * @property {number | null} validation_auroc
 * @property {ShownValidation | null} validation
 * @property {boolean} trivial
 * @property {"combined" | "trivial" | "part" | "new"} kind
 */

/**
 * @typedef {object} Backup Another network that could answer what is rejected
 * @property {string} name
 * @property {Uint8Array & Shaped} right
 */

/**
 * @typedef {object} ShownPattern The conductance of the feature maps of a layer, beside what is usual for a
 *   class
 * @property {string} label of the class
 * @property {string} layer
 * @property {Float32Array & Shaped} values one a feature map
 * @property {Float32Array & Shaped} profile the mean of right predictions
 * @property {Float32Array & Shaped} low
 * @property {Float32Array & Shaped} high
 * @property {number[]} specific maps that the class lives on
 * @property {number[]} silent
 * @property {number[]} loud
 */

/**
 * @typedef {object} ShownVotes What the mutants say of a picture
 * @property {number} count of mutants
 * @property {Int16Array & Shaped} classes -1: not yet asked
 * @property {number} done
 * @property {number} changed share of those asked
 */

/**
 * @typedef {object} Detail All that is known of the picked picture; it comes in pieces
 * @property {number} index
 * @property {string} label
 * @property {string} predicted
 * @property {boolean} right
 * @property {number} confidence
 * @property {Score[]} top
 * @property {Record<string, number>} scores
 * @property {Record<string, number>} rank by detector, the share of all with a lower score
 * @property {ShownPattern | null} pattern
 * @property {ShownVotes | null} votes
 * @property {ShownPicture} picture
 */

/**
 * @typedef {object} OwnPicture A picture that a person has brought along: nobody says what it is
 * @property {string} name
 * @property {Score[]} top
 * @property {Record<string, number>} scores
 * @property {ShownPicture} picture
 */

export {};
