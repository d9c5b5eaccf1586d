// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/**
 * @import { Backup, Detail, Explorers, OwnPicture } from "./output.js"
 * @import { ShownDetector, ShownFit, ShownVoting } from "./output.js"
 */
/** @import { Note, Shaped, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} DetectorState Where the dial stands, and which pictures are looked at
 * @property {string} method Which detector turns the dial: a key of `detectors`
 * @property {number} threshold A prediction whose score is at least that is rejected: somebody checks it
 * @property {"balanced" | "correct_recall" | "wrong_recall" | "cost" | "by_hand"} rule Where the threshold
 *   comes from: the first three, on the validation images of the detector (with `recall`); "cost", on these
 * @property {number} recall Recall: of right predictions those kept, or of wrong ones those caught
 * @property {number} cost_check What it costs to check a prediction
 * @property {number} cost_miss What a wrong prediction costs that was kept
 * @property {number} specialist How often whoever checks is right
 * @property {"given" | "noise" | "blur" | "contrast" | "shift" | "rotation" | "pgd"} test_set What is done
 *   to the images that the detectors are tested on: `reliability.corrupted`; "pgd" attacks half of those that
 *   are predicted rightly (`reliability.attacked`)
 * @property {number} test_strength From 1, hardly seen, to 5
 * @property {"kept right" | "missed" | "false alarm" | "caught"} part Which pictures are shown
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number | null} picked The picture that is looked at
 * @property {string} new_layer Whose conductances a new detector looks at; a name of `layers`
 * @property {"NAI" | "GF" | "WS" | "NS" | "none"} new_operator Mutation operator: how the copies (mutants)
 *   differ whose votes are the label change rate
 * @property {number | null} new_rate Mutation rate: the share of the network's units that a mutant changes;
 *   auto: the largest of which about half of the mutants are kept
 * @property {number} new_count Count of mutants
 * @property {number} new_keep Accuracy that a mutant must keep, as a share of the network's own, on the
 *   validation images; one that loses more is drawn anew
 * @property {number} new_steps Of the path from the baseline to the picture, along which conductance is
 *   summed
 * @property {"network" | "forest" | "lda" | "qda"} new_combine What learns to make one score of conductance
 *   and label change rate
 * @property {boolean} new_trivial Whether 1 - largest probability and entropy are combined with the others
 * @property {string} network
 * @property {Note[]} notes
 * @property {string} layer
 * @property {string[]} layers that a new detector can look at
 * @property {ShownFit} fit
 * @property {Record<string, ShownVoting>} votings by detector set up here, also by the one that is fitted
 * @property {string[]} classes
 * @property {Explorers} explorers
 * @property {number} count
 * @property {Record<string, ShownDetector>} detectors
 * @property {Uint8Array & Shaped | null} wrong
 * @property {Int32Array & Shaped | null} labels
 * @property {Int32Array & Shaped | null} predicted
 * @property {Float32Array & Shaped | null} confidence
 * @property {ShownPicture | null} thumbnails of all pictures, one after the other
 * @property {Backup | null} backup
 * @property {Detail | null} detail
 * @property {OwnPicture | null} upload
 */

export const DETECTOR = /** @satisfies {Record<string, Setting>} */ ({
  rule: {
    "name": "rule", "kind": "choice", "label": "Dial set to",
    "doc":
      "Where the threshold comes from: the first three, on the validation images of the detector (with " +
      "`recall`); \"cost\", on these.",
    "choices": [
      ["balanced", "both kinds alike"], ["correct_recall", "so many right kept"],
      ["wrong_recall", "so many wrong caught"], ["cost", "cheapest"], ["by_hand", "by hand"],
    ],
    "group": "",
  },
  recall: {
    "name": "recall", "kind": "float", "label": "Wanted share in percent",
    "doc": "Recall: of right predictions those kept, or of wrong ones those caught.", "least": 0, "most": 1,
    "group": "", "scale": 100,
  },
  cost_check: {
    "name": "cost_check", "kind": "float", "label": "One check",
    "doc": "What it costs to check a prediction.", "least": 0, "group": "",
  },
  cost_miss: {
    "name": "cost_miss", "kind": "float", "label": "One miss",
    "doc": "What a wrong prediction costs that was kept.", "least": 0, "group": "",
  },
  test_set: {
    "name": "test_set", "kind": "choice", "label": "Images",
    "doc":
      "What is done to the images that the detectors are tested on: `reliability.corrupted`; \"pgd\" " +
      "attacks half of those that are predicted rightly (`reliability.attacked`).",
    "choices": [
      ["given", "as they were given"], ["noise", "with noise"], ["blur", "blurred"],
      ["contrast", "with less contrast"], ["shift", "shifted"], ["rotation", "turned"],
      ["pgd", "half of them attacked"],
    ],
    "group": "",
  },
  test_strength: {
    "name": "test_strength", "kind": "int", "label": "How strongly", "doc": "From 1, hardly seen, to 5.",
    "least": 1, "most": 5, "group": "",
  },
  new_layer: {
    "name": "new_layer", "kind": "str", "label": "Layer",
    "doc": "Whose conductances a new detector looks at; a name of `layers`.", "group": "",
  },
  new_operator: {
    "name": "new_operator", "kind": "choice", "label": "Copies that vote",
    "doc":
      "Mutation operator: how the copies (mutants) differ whose votes are the label change rate.",
    "choices": [
      ["NAI", "negate what units say (NAI)"], ["GF", "add noise to weights (GF)"],
      ["WS", "shuffle weights of a unit (WS)"], ["NS", "switch units (NS)"],
      ["none", "no mutants: conductance alone"],
    ],
    "group": "",
  },
  new_rate: {
    "name": "new_rate", "kind": "float", "label": "Units changed in percent",
    "doc":
      "Mutation rate: the share of the network's units that a mutant changes; auto: the largest of which " +
      "about half of the mutants are kept.",
    "least": 0.0001, "most": 1, "group": "", "optional": true, "empty": "auto", "scale": 100,
  },
  new_count: {
    "name": "new_count", "kind": "int", "label": "How many copies", "doc": "Count of mutants.", "least": 1,
    "most": 10000, "group": "",
  },
  new_keep: {
    "name": "new_keep", "kind": "float", "label": "As right as it, in percent",
    "doc":
      "Accuracy that a mutant must keep, as a share of the network's own, on the validation images; one " +
      "that loses more is drawn anew.",
    "least": 0.01, "most": 1, "group": "", "scale": 100,
  },
  new_steps: {
    "name": "new_steps", "kind": "int", "label": "Steps to the picture",
    "doc": "Of the path from the baseline to the picture, along which conductance is summed.", "least": 1,
    "most": 1000, "group": "",
  },
  new_combine: {
    "name": "new_combine", "kind": "choice", "label": "Combined by",
    "doc": "What learns to make one score of conductance and label change rate.",
    "choices": [
      ["network", "a small network"], ["forest", "a random forest"], ["lda", "linear discriminant analysis"],
      ["qda", "quadratic discriminant analysis"],
    ],
    "group": "",
  },
  new_trivial: {
    "name": "new_trivial", "kind": "bool", "label": "combine the free scores, too",
    "doc": "Whether 1 - largest probability and entropy are combined with the others.", "group": "",
  },
});
