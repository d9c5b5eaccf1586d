// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { AskedSentence, ShownEffects, ShownTextContrast, ShownWord } from "./output.js" */
/** @import { Note, Ranking } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} TextContrastState Why is this sentence not of the probe class? And which words must
 *   stay
 * @property {string} sentence The sentence that is asked about
 * @property {number | null} probe The class asked about (a name is taken, too); None is the runner-up
 * @property {number[]} pinned The places of words that must stay
 * @property {number} position The scrubber: 0: the sentence, 1: the boundary
 * @property {number} tolerance Tolerance: how near to equally likely is enough, in log-likelihood
 * @property {number | null} max_steps max_steps of the search; automatic (None): 60
 * @property {string[]} classes
 * @property {Note[]} notes
 * @property {string[]} sentences to choose from
 * @property {ShownWord[]} words
 * @property {Ranking | null} prediction
 * @property {ShownTextContrast | null} contrast
 * @property {ShownEffects | null} effects
 * @property {AskedSentence[]} questions
 */

export const TEXTCONTRAST = /** @satisfies {Record<string, Setting>} */ ({
  tolerance: {
    "name": "tolerance", "kind": "float", "label": "Equal up to",
    "doc": "Tolerance: how near to equally likely is enough, in log-likelihood.", "unit": "nats",
    "least": 0.0001, "most": 10, "group": "How it is searched",
  },
  max_steps: {
    "name": "max_steps", "kind": "int", "label": "Most steps",
    "doc": "max_steps of the search; automatic (None): 60.", "least": 1, "group": "How it is searched",
    "optional": true, "empty": "automatic",
  },
});
