// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Score, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} ShownUnits Of each unit the picture that excites it most
 * @property {string} layer
 * @property {Float32Array & Shaped} values
 * @property {ShownPicture} pictures behind each other
 * @property {Float32Array & Shaped} boxes (U, 4) top, left, height, width as shares of a side
 */

/**
 * @typedef {object} ShownFavourites The pictures that excite one unit most, the first most
 * @property {number} unit
 * @property {Int32Array & Shaped} indices
 * @property {Float32Array & Shaped} values
 * @property {ShownPicture} pictures behind each other
 * @property {Float32Array & Shaped} boxes (n, 4) top, left, height, width as shares of a side
 * @property {string[]} labels what the network sees in them
 */

/**
 * @typedef {object} WatchedPrediction What the network says of a picture, and what it says without the
 *   silenced units
 * @property {ShownPicture} picture
 * @property {Score[]} before
 * @property {Score[] | null} after of the same classes; null: none is silenced
 * @property {number | null} changed of all pictures, how many are seen otherwise
 */

/**
 * @typedef {object} ShownMaximised A picture made to excite the unit
 * @property {boolean} by_generator by the generator, instead of pixel by pixel
 * @property {ShownPicture} picture
 * @property {number} value
 * @property {string} label what the network sees in it
 * @property {string | null} judged what the judge does; null: there is none
 */

/**
 * @typedef {object} ShownConcept The direction of the examples, and whether the class follows it
 * @property {number} examples
 * @property {string} label
 * @property {IntervalEstimate} accuracy
 * @property {IntervalEstimate} sensitivity
 * @property {IntervalEstimate} slope
 * @property {number[]} random_slopes
 * @property {number[]} random_sensitivities
 * @property {string} verdict
 */

/**
 * @typedef {object} ShownConceptMove The watched picture moved along the concept, and along random sets'
 *   directions
 * @property {number} index
 * @property {number} target
 * @property {string} label
 * @property {ShownPicture} pictures behind each other, the first as the generator draws it
 * @property {Float32Array & Shaped} probabilities (steps + 1, K)
 * @property {Float32Array & Shaped} logits (steps + 1,) of the class
 * @property {Float32Array & Shaped} random_logits (R, steps + 1) of the class, at random
 * @property {string | null} judged what the judge sees at the end; null: there is none
 * @property {boolean} is_beyond whether the class changes more than along all of these
 */

/**
 * @typedef {object} ShownMask What is painted on a picture
 * @property {number} picture
 * @property {Int32Array & Shaped} cells row by row
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} ShownDissection How well the units' active places cover what is painted
 * @property {number} unit
 * @property {number} pictures
 * @property {number} quantile
 * @property {Float32Array & Shaped} iou (U,) of all units
 * @property {IntervalEstimate} estimate of the unit that is looked at
 * @property {number | null} chance its, with the masks exchanged; null: there is one mask
 * @property {number} best the unit that covers it best
 * @property {IntervalEstimate} best_estimate
 * @property {number | null} best_chance
 */

/**
 * @typedef {object} ShownConductance The mean conductance of the unit in the pictures of a class, or the
 *   chosen ones
 * @property {string} name
 * @property {number} count
 * @property {IntervalEstimate} estimate
 */

/**
 * @typedef {object} ShownSpecific A unit of the highest mean conductance in the chosen pictures, and its
 *   mean elsewhere
 * @property {number} unit
 * @property {IntervalEstimate} inside
 * @property {IntervalEstimate | null} outside
 */

/**
 * @typedef {object} ShownProfile How much of the predicted classes' scores passes through the unit
 * @property {number} unit
 * @property {number} pictures
 * @property {ShownConductance[]} classes by what is predicted
 * @property {ShownConductance | null} chosen null: none was chosen
 * @property {ShownSpecific[]} specific of the chosen, the highest first
 */

export {};
