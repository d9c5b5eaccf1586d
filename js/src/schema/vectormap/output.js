// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { IntervalEstimate, Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} NeighbourAgreement The share of a picture's nearest neighbours that have its class, on
 *   average
 * @property {IntervalEstimate} full
 * @property {IntervalEstimate} plane
 * @property {number} chance
 */

/**
 * @typedef {object} ShownLoss How far a plane can be believed
 * @property {number} trustworthiness points at random have about 0.5
 * @property {NeighbourAgreement} agree of neighbours, among the vectors and on the plane
 * @property {number | null} variance the share that is shown; null: t-SNE keeps no distances
 */

/**
 * @typedef {object} ShownPlane Where pictures lie
 * @property {Float32Array & Shaped} points (n, 2)
 * @property {string} layer
 * @property {string} method
 * @property {number} frame
 * @property {ShownLoss | null} loss null while it is being laid out
 */

/**
 * @typedef {object} ShownCross An edited or attacked picture on the map
 * @property {string} name
 * @property {number} x
 * @property {number} y
 * @property {number | null} of the picture that it is of
 * @property {number} predicted
 * @property {ShownPicture} thumbnail
 */

export {};
