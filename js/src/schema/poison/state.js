// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownCleansing, ShownSignature, ShownTrigger, ShownTruth } from "./output.js" */
/** @import { Note, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} PoisonState Which class is looked at, which of its pictures, and what they are taken
 *   for
 * @property {number} target The class whose pictures are looked at, by the labels that they were given
 * @property {number[]} brush From where to where the projection is brushed, in standard deviations: the
 *   uncertain region of i-Algebra's Case C at first. Brushing chooses
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number[]} poisoned Pictures marked as poisoned: training again leaves them out
 * @property {number[]} clean Pictures marked as clean
 * @property {boolean} show_truth Whether to show which pictures are poisoned, where that is known
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {boolean} trains whether there is a recipe to train again
 * @property {boolean} has_truth
 * @property {ShownSignature | null} signature
 * @property {ShownPicture | null} thumbnails of the class, one after the other
 * @property {ShownTrigger | null} trigger
 * @property {ShownCleansing | null} cleansing
 * @property {ShownTruth | null} poisons only when asked for
 */

export const POISON = /** @satisfies {Record<string, Setting>} */ ({
  target: {
    "name": "target", "kind": "int", "label": "Class",
    "doc": "The class whose pictures are looked at, by the labels that they were given.", "least": 0,
    "group": "",
  },
  brush: {
    "name": "brush", "kind": "list", "label": "Brush",
    "doc":
      "From where to where the projection is brushed, in standard deviations: the uncertain region of " +
      "i-Algebra's Case C at first. Brushing chooses.",
    "group": "",
  },
  show_truth: {
    "name": "show_truth", "kind": "bool", "label": "Show the truth",
    "doc": "Whether to show which pictures are poisoned, where that is known.", "group": "",
  },
});
