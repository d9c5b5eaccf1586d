// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownTree } from "./output.js" */
/** @import { Note, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} SurrogateState Which tree stands for the network
 * @property {"cells" | "latents" | "pca" | "own"} features What the tree asks about: the mean brightness of
 *   each cell, a generator's latents, principal components of the pixels, or what a function makes of the
 *   inputs
 * @property {number} depth Questions on the way to a leaf, at most
 * @property {number} grid Rows and columns of "cells"
 * @property {number} held_out The share of the pictures that only test the tree
 * @property {number} seed Of which pictures these are
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {string[]} offered the features that can be asked about
 * @property {ShownTree | null} tree
 * @property {Record<string, ShownPicture>} saved small pictures of a saved page, by number
 */

export const SURROGATE = /** @satisfies {Record<string, Setting>} */ ({
  grid: {
    "name": "grid", "kind": "int", "label": "Cells a side", "doc": "Rows and columns of \"cells\".",
    "least": 1, "most": 32, "group": "",
  },
  held_out: {
    "name": "held_out", "kind": "float", "label": "Held out in percent",
    "doc": "The share of the pictures that only test the tree.", "least": 0.05, "most": 0.9, "group": "",
    "scale": 100,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed", "doc": "Of which pictures these are.", "least": 0,
    "group": "",
  },
});
