// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/**
 * @import { ShownConcept, ShownConceptMove, ShownDissection, ShownFavourites } from "./output.js"
 * @import { ShownMask, ShownMaximised, ShownProfile, ShownUnits } from "./output.js"
 * @import { WatchedPrediction } from "./output.js"
 */
/** @import { Note, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} NeuronState Which unit of which layer is looked at, which are silenced, and what is a
 *   concept
 * @property {string} layer The layer whose units are looked at
 * @property {number} unit A unit of the layer, from 0: a channel, a feature map, a feature of tokens
 * @property {number[]} silenced Units that answer 0 everywhere, to see what the network is without them
 * @property {number} index The picture whose prediction is watched
 * @property {number[]} examples Pictures that have the concept; all others have not
 * @property {number} target The class that may follow the concept
 * @property {number} quantile A unit is active at its most active places: so large a share of those of all
 *   pictures
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {string[]} layers
 * @property {number} count
 * @property {boolean} draws whether there is a generator
 * @property {ShownPicture | null} all_pictures the first ones, behind each other
 * @property {ShownUnits | null} units
 * @property {ShownFavourites | null} favourites
 * @property {WatchedPrediction | null} watched
 * @property {ShownMaximised[]} maximised
 * @property {ShownConcept | null} concept
 * @property {ShownConceptMove | null} moved
 * @property {ShownMask[]} paintings what is painted by hand
 * @property {ShownDissection | null} dissection
 * @property {ShownProfile | null} profile
 */

export const NEURON = /** @satisfies {Record<string, Setting>} */ ({
  layer: {
    "name": "layer", "kind": "str", "label": "Layer", "doc": "The layer whose units are looked at.",
    "group": "",
  },
  unit: {
    "name": "unit", "kind": "int", "label": "Unit",
    "doc": "A unit of the layer, from 0: a channel, a feature map, a feature of tokens.", "least": 0,
    "group": "",
  },
  index: {
    "name": "index", "kind": "int", "label": "Picture", "doc": "The picture whose prediction is watched.",
    "least": 0, "group": "",
  },
  target: {
    "name": "target", "kind": "int", "label": "Class", "doc": "The class that may follow the concept.",
    "least": 0, "group": "",
  },
  quantile: {
    "name": "quantile", "kind": "float", "label": "Active places in percent",
    "doc": "A unit is active at its most active places: so large a share of those of all pictures.",
    "least": 0.001, "most": 0.5, "group": "", "scale": 100,
  },
});
