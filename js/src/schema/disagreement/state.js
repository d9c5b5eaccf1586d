// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownDisagreement, ShownScore, ShownVote } from "./output.js" */
/** @import { Note, Shaped } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} DisagreementState Which disagreement is looked at, and by which maps
 * @property {number} place Which of the queue is looked at, from 0
 * @property {"in turn" | "apart" | "alone"} arm "apart": their anti-join; "alone": the baseline of Case A;
 *   in turn: by the place in the queue, so that both can be compared
 * @property {number} grid Of the maps; another number explains anew
 * @property {number} budget Of each network, for each map
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {[string, string]} networks
 * @property {Note[]} notes
 * @property {number} images
 * @property {boolean} has_truth
 * @property {ShownVote[]} votes one for each of the queue
 * @property {Int32Array & Shaped | null} queue the image of each
 * @property {ShownDisagreement | null} disagreement
 * @property {number} neither of the queue, in which neither network is right
 * @property {ShownScore[]} scores none before the end
 */

export const DISAGREEMENT = /** @satisfies {Record<string, Setting>} */ ({
  arm: {
    "name": "arm", "kind": "choice", "label": "Which maps",
    "doc":
      "\"apart\": their anti-join; \"alone\": the baseline of Case A; in turn: by the place in the queue, so " +
      "that both can be compared.",
    "choices": [
      ["in turn", "Both in turn"], ["apart", "What tells the networks apart"],
      ["alone", "Each network's map alone"],
    ],
    "group": "Maps",
  },
  grid: {
    "name": "grid", "kind": "int", "label": "Cells a side",
    "doc": "Of the maps; another number explains anew.", "least": 1, "most": 32, "group": "Maps",
  },
  budget: {
    "name": "budget", "kind": "int", "label": "Evaluations", "doc": "Of each network, for each map.",
    "unit": "a map", "least": 2, "most": 100000, "group": "Maps",
  },
});
