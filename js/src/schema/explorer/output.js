// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Ranking, Shaped, ShownAttribution, ShownPicture, ShownRule } from "../shared.js" */

/**
 * @typedef {object} ShownLayer A layer at which the network can be truncated
 * @property {string} name
 * @property {number | null} agreement of its probe with the network
 */

/**
 * @typedef {object} Fitting How far the fit of layers is, or how it ended
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 * @property {Record<string, number>} agreements of the layers fitted so far
 */

/**
 * @typedef {object} ShownCurve What a sweep makes of one class
 * @property {number} index
 * @property {string} label
 * @property {number[]} probability
 */

/**
 * @typedef {object} ShownSweep What the network says of a picture under one edit of growing size
 * @property {"rotate" | "scale" | "noise" | "brighten"} edit
 * @property {number[]} values
 * @property {number | null} value of the picture as it is; null: it is not edited so
 * @property {ShownCurve[]} classes the class explained first; none while it runs
 */

/**
 * @typedef {object} ShownAttack An attack on the picture: on its way, or what became of it
 * @property {string} method
 * @property {number} size a share of what lies between black and white
 * @property {boolean} inside whether it stays in a window
 * @property {string | null} target the class wanted; null: any other
 * @property {number} weight how much its map counts, of the method that deceives both
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {number} at the point of the path that is shown, from 0
 * @property {number} points
 * @property {boolean} reached
 * @property {string} words how it ended
 */

/**
 * @typedef {object} FittableLayer A layer that may be fitted
 * @property {string} name
 * @property {string} module its class
 * @property {boolean} chosen fitted by default, as a stage ends there
 */

/**
 * @typedef {object} FitOffer What can be fitted, and from what
 * @property {FittableLayer[]} layers
 * @property {string} images
 * @property {string} warning why the agreements will say little
 */

/**
 * @typedef {object} ShownStage What the network truncated at a layer says of the picture as it is
 * @property {string | null} layer null: the whole network
 * @property {Ranking} prediction
 * @property {number} rank of the class explained, from 1
 */

/**
 * @typedef {object} ShownPartner One more figure: a partner of the picture
 * @property {string} name
 * @property {string} label
 * @property {string} network
 * @property {ShownPicture} picture
 * @property {Ranking} prediction
 * @property {ShownAttribution | null} attribution null also in a join, whose one map is drawn on every
 *   figure
 * @property {boolean} separate_colors whether another method made it, whose numbers are others
 */

/**
 * @typedef {object} ShownMethod An explainer to choose
 * @property {string} name
 * @property {string} label
 * @property {string} words what it does, in a line
 */

/**
 * @typedef {object} ShownHeads What a transformer has to look at
 * @property {number[]} heads of each layer with attention
 * @property {number} rows of patches
 * @property {number} columns
 */

/**
 * @typedef {object} Agreement How alike two maps of one picture order its parts
 * @property {number | null} correlation Spearman's, from -1 to 1; null: a map is the same all over
 * @property {number} parts
 * @property {string} problem why there is no second map
 */

/**
 * @typedef {object} LinearReading The coefficients of LIME
 * @property {Float32Array & Shaped} cells
 * @property {number | null} r2
 */

/**
 * @typedef {object} TreeReading A decision tree of few leaves
 * @property {Float32Array & Shaped} cells
 * @property {number | null} r2
 * @property {ShownRule[]} rules
 */

/**
 * @typedef {object} ShownCurves Deletion and insertion, as foretold; errors are one standard deviation
 * @property {number[]} share of the cells
 * @property {number[]} deletion
 * @property {number[]} insertion
 * @property {number[]} deletion_error
 * @property {number[]} insertion_error
 * @property {number} deletion_area
 * @property {number} insertion_area
 * @property {number | null} r2
 */

/**
 * @typedef {object} ShownReadings Other readings of a map's coalitions
 * @property {number} evaluations coalitions that were known already
 * @property {LinearReading} linear
 * @property {TreeReading} tree
 * @property {ShownCurves} curves
 */

/**
 * @typedef {object} Measure A number with the interval that says how far it can be believed
 * @property {number} value
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} ShownCheck One way to tell how good a map is, with what two maps get that know no
 *   network
 * @property {"deletion" | "insertion" | "fidelity" | "exact" | "inside" | "sensitivity"} name
 * @property {Measure} value
 * @property {Measure | null} centre
 * @property {Measure | null} edges null: that map is constant
 * @property {[number, number] | null} chance where a guess lies; null: there is no such
 * @property {"better" | "worse" | "none" | ""} verdict against chance
 * @property {string} basis what it was measured on
 */

/**
 * @typedef {object} EvaluatedCurve The score while cells go or come in the order of a map, and in random
 *   orders
 * @property {number[]} share of the cells
 * @property {number[]} scores
 * @property {number[]} random the mean of random orders
 * @property {number[]} spread their standard deviation
 */

/**
 * @typedef {object} Judgement How good the map of a frame is, as far as it has been checked
 * @property {number} frame
 * @property {string | null} layer
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 * @property {string} problem why it has ended early
 * @property {ShownCheck[]} checks
 * @property {Record<string, EvaluatedCurve>} curves deletion and insertion
 * @property {string} code the Python that computes it
 */

/**
 * @typedef {object} ShownQuestion A question that has been answered
 * @property {string} query
 * @property {string} title
 * @property {ShownPicture} thumbnail the picture under its map
 * @property {boolean} pinned whether it goes into the report
 * @property {string} beside the second method, as text; empty: there was none
 */

export {};
