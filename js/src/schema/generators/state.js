// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { GeneratorFacts, ShownDirection, ShownMove, ShownReconstruction } from "./output.js" */
/** @import { NamedPicture, Note } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} GeneratorLabState Which picture, by which generator, and how far its latent numbers are
 *   moved
 * @property {number} index Which picture
 * @property {string} generator The generator's name; the first where it is empty
 * @property {number[]} offsets How far each of the eight strongest latent numbers is moved, in deviations;
 *   0 for those that are missing
 * @property {boolean} residual Whether what the generator cannot draw of the picture is added to what it
 *   draws, as CDeepEx does
 * @property {boolean} hold Whether all are moved together only as far as the network keeps its class
 * @property {string[]} classes
 * @property {Note[]} notes
 * @property {string[]} names of the generators
 * @property {NamedPicture[]} pictures
 * @property {GeneratorFacts[]} generators
 * @property {ShownReconstruction | null} reconstruction
 * @property {ShownDirection[]} directions
 * @property {ShownMove | null} moved
 */

export const GENERATORLAB = /** @satisfies {Record<string, Setting>} */ ({
  residual: {
    "name": "residual", "kind": "bool", "label": "Add what it misses",
    "doc":
      "Whether what the generator cannot draw of the picture is added to what it draws, as CDeepEx does.",
    "group": "",
  },
  hold: {
    "name": "hold", "kind": "bool", "label": "Hold the class",
    "doc": "Whether all are moved together only as far as the network keeps its class.", "group": "",
  },
});
