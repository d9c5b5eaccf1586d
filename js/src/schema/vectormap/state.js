// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownCross, ShownPlane } from "./output.js" */
/** @import { Note, Shaped, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} VectorMapState Which vectors are laid out, how, and how the points are drawn
 * @property {string} layer Whose answers represent a picture, the mean over places of each unit: a name of
 *   `layers`; "penultimate" is what the last linear layer is given
 * @property {"pca" | "tsne"} method The two directions of largest variance (principal components), or
 *   t-SNE, which keeps neighbours together and no distances
 * @property {number} seed Of t-SNE, and of noise
 * @property {string} colour What colours say: "label", "prediction", "right or wrong", or a name of
 *   `scores`
 * @property {number[]} dimmed Classes whose points are dimmed, by number
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {string[]} layers
 * @property {Int32Array & Shaped | null} labels
 * @property {Int32Array & Shaped | null} predicted
 * @property {Record<string, Float32Array & Shaped>} scores NaN: not known of this picture
 * @property {ShownPlane | null} plane
 * @property {ShownPlane | null} noise the same for noise, where asked for
 * @property {ShownCross[]} crosses
 * @property {boolean} has_rival
 * @property {Record<string, ShownPicture>} saved small pictures of a saved page, by number
 */

export const VECTORMAP = /** @satisfies {Record<string, Setting>} */ ({
  method: {
    "name": "method", "kind": "choice", "label": "Laid out by",
    "doc":
      "The two directions of largest variance (principal components), or t-SNE, which keeps neighbours " +
      "together and no distances.",
    "choices": [["pca", "most variance (PCA)"], ["tsne", "neighbours (t-SNE)"]],
    "group": "How it is laid out",
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed", "doc": "Of t-SNE, and of noise.", "least": 0,
    "group": "How it is laid out",
  },
});
