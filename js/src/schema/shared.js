// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.

/** @typedef {{shape: number[]}} Shaped an array that knows its shape, row by row */

/**
 * @typedef {object} ShownPicture Pixels, or those of several pictures behind each other
 * @property {number} height
 * @property {number} width
 * @property {Uint8Array & Shaped} data RGB, row by row
 * @property {string[]} words of a sentence, one for each column
 */

/**
 * @typedef {object} Score One class of a prediction
 * @property {number} index
 * @property {string} label
 * @property {number} probability
 * @property {number} logit
 */

/**
 * @typedef {object} MapSettings The settings, as traits, with other ones of which a map would be another
 *   one
 * @property {string} method
 * @property {string} baseline
 * @property {string} output
 * @property {number} grid
 * @property {string} players
 */

/**
 * @typedef {object} Note Something that was assumed, because nobody has said it
 * @property {string} text
 * @property {string} hint what follows from it, or what to say if it is not so
 */

/**
 * @typedef {object} NamedPicture A picture to choose from
 * @property {string} name
 * @property {ShownPicture | null} thumbnail null: the page asks for it when it is in sight
 */

/**
 * @typedef {object} Ranking The likeliest classes, and the one that is asked about
 * @property {Score[]} top
 * @property {Score} target
 */

/**
 * @typedef {object} IntervalEstimate A number, and the interval that holds the true one with some
 *   probability, usually 95 %
 * @property {number} value
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} ShownAttribution A map and its ledger line
 * @property {number} frame
 * @property {Float32Array & Shaped} cells (rows, columns)
 * @property {Float32Array & Shaped | null} standard_error as cells; null: it is not known
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {number} target
 * @property {string} label
 * @property {string} output
 * @property {number} value
 * @property {number | null} baseline_output null: the method has no baseline
 * @property {number | null} difference
 * @property {number} sum
 * @property {number | null} residual
 * @property {number | null} error root mean square over the cells
 * @property {number} evaluations
 * @property {number} paid evaluations that were made for this map alone
 * @property {number} total
 * @property {number} seconds
 * @property {number | null} seed null: nothing is drawn
 * @property {string} device
 * @property {boolean} exact
 * @property {boolean} partial
 * @property {string | null} layer the layer it explains
 * @property {string} explainer the label of its method
 * @property {MapSettings | null} settings null: nobody has asked for it with settings
 * @property {boolean} adds_up whether its cells are shares of the score
 * @property {boolean} first_look a gradient map, until there are Shapley values
 * @property {number[] | null} weights of a joint map: one for each figure
 */

/**
 * @typedef {object} ShownRule A leaf of the tree
 * @property {[number, number, boolean][]} cells row, column, whether it is there
 * @property {string} text
 * @property {number} value
 * @property {number} share
 */

/**
 * @typedef {object} Status How far the work is
 * @property {"idle" | "running" | "unfinished" | "done" | "partial" | "error"} state
 * @property {number} done
 * @property {number | null} total
 * @property {number} seconds
 * @property {string} note
 */

/**
 * @typedef {object} Problem What went wrong
 * @property {string} message
 * @property {number | null} column in the query, from 0; null: it is not about the query
 */

/** What only the page takes notice of, in any widget. @type {ReadonlySet<string>} */
export const PAGE_ONLY = new Set([
  "channel", "color_range", "colour", "dimmed", "gesture", "hatching", "look", "opacity", "part", "position",
  "reading", "scale", "selection", "specialist", "strength", "truth", "zoom",
]);
