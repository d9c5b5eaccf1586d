// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownComparison, ShownGhost, ShownRace, ShownRecipe, ShownSearch } from "./output.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} AccuracyState From where networks are trained, and when that ends
 * @property {number[]} deltas deltas: training t of each starts from the initial weights + t * delta
 * @property {number | null} max_time max_time: a budget; like the others, it acts while the search runs
 * @property {number | null} max_trial max_trial: trials for each delta; redrawn starts have as many as all
 *   deltas together
 * @property {number | null} max_gain max_gain, of training accuracy: 0.01 is one point
 * @property {"shift" | "reseed" | "order" | "all"} strategy What the trainings differ in. "reseed": the
 *   initial weights are redrawn; "order": the order of the examples is; "all": both
 * @property {boolean} race A race: shifting, and what is chosen here (or redrawn weights), get the same
 *   budget
 * @property {number[]} hidden hidden: their sizes, from the first; another recipe is another search
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {string} kernel_initializer kernel_initializer: Keras's name
 * @property {string} bias_initializer bias_initializer: Keras's name
 * @property {number} seed
 * @property {number} seeds How many pairs a verdict is made of; with one there is none
 * @property {boolean} longer What the same patience could buy
 * @property {ShownRecipe | null} settings
 * @property {ShownSearch[]} searches
 * @property {ShownComparison | null} comparison null: not two trials a side
 * @property {boolean} paused whether it was stopped to be gone on with
 * @property {ShownGhost[]} ghosts what was searched with other recipes
 * @property {ShownRace | null} lanes a verdict over several seeds
 * @property {boolean} has_held_out
 * @property {boolean} openable whether the inputs are pictures, for the Explorer
 */

export const ACCURACY = /** @satisfies {Record<string, Setting>} */ ({
  deltas: {
    "name": "deltas", "kind": "list", "label": "Shifts",
    "doc": "deltas: training t of each starts from the initial weights + t * delta.",
    "group": "Where a training starts",
  },
  max_time: {
    "name": "max_time", "kind": "float", "label": "Time",
    "doc": "max_time: a budget; like the others, it acts while the search runs.", "unit": "seconds",
    "least": 0, "group": "Stop the search after", "optional": true, "empty": "no limit",
  },
  max_trial: {
    "name": "max_trial", "kind": "int", "label": "Trainings per shift",
    "doc": "max_trial: trials for each delta; redrawn starts have as many as all deltas together.",
    "unit": "trainings", "least": 0, "group": "Stop the search after", "optional": true, "empty": "no limit",
  },
  max_gain: {
    "name": "max_gain", "kind": "float", "label": "Gain over the start",
    "doc": "max_gain, of training accuracy: 0.01 is one point.", "unit": "points", "least": 0, "most": 1,
    "group": "Stop the search after", "optional": true, "empty": "no limit", "scale": 100,
  },
  strategy: {
    "name": "strategy", "kind": "choice", "label": "Where a training starts",
    "doc":
      "What the trainings differ in. \"reseed\": the initial weights are redrawn; \"order\": the order of the" +
      " examples is; \"all\": both.",
    "choices": [
      ["shift", "Weights shifted a little further each time"], ["reseed", "Weights redrawn each time"],
      ["order", "The same weights, examples in another order"], ["all", "Weights and order redrawn"],
    ],
    "group": "Where a training starts",
  },
  race: {
    "name": "race", "kind": "bool", "label": "Compare two, taking turns",
    "doc": "A race: shifting, and what is chosen here (or redrawn weights), get the same budget.",
    "group": "Where a training starts",
  },
  hidden: {
    "name": "hidden", "kind": "list", "label": "Hidden layers",
    "doc": "hidden: their sizes, from the first; another recipe is another search.", "least": 1,
    "group": "How it is trained",
  },
  epochs: {
    "name": "epochs", "kind": "int", "label": "Epochs", "least": 1, "group": "How it is trained",
  },
  batch_size: {
    "name": "batch_size", "kind": "int", "label": "Batch", "unit": "examples", "least": 1,
    "group": "How it is trained",
  },
  learning_rate: {
    "name": "learning_rate", "kind": "float", "label": "Learning rate", "least": 1e-12,
    "group": "How it is trained",
  },
  kernel_initializer: {
    "name": "kernel_initializer", "kind": "choice", "label": "Weights at first",
    "doc": "kernel_initializer: Keras's name.",
    "choices": [
      ["zeros", "zeros"], ["ones", "ones"], ["constant", "constant"], ["random_normal", "random_normal"],
      ["random_uniform", "random_uniform"], ["truncated_normal", "truncated_normal"],
      ["lecun_normal", "lecun_normal"], ["lecun_uniform", "lecun_uniform"],
      ["glorot_normal", "glorot_normal"], ["glorot_uniform", "glorot_uniform"], ["he_normal", "he_normal"],
      ["he_uniform", "he_uniform"],
    ],
    "group": "How it is trained",
  },
  bias_initializer: {
    "name": "bias_initializer", "kind": "choice", "label": "Biases at first",
    "doc": "bias_initializer: Keras's name.",
    "choices": [
      ["zeros", "zeros"], ["ones", "ones"], ["constant", "constant"], ["random_normal", "random_normal"],
      ["random_uniform", "random_uniform"], ["truncated_normal", "truncated_normal"],
      ["lecun_normal", "lecun_normal"], ["lecun_uniform", "lecun_uniform"],
      ["glorot_normal", "glorot_normal"], ["glorot_uniform", "glorot_uniform"], ["he_normal", "he_normal"],
      ["he_uniform", "he_uniform"],
    ],
    "group": "How it is trained",
  },
  seed: {"name": "seed", "kind": "int", "label": "Seed", "least": 0, "group": "How it is trained"},
  seeds: {
    "name": "seeds", "kind": "int", "label": "Seeds",
    "doc": "How many pairs a verdict is made of; with one there is none.", "least": 1, "most": 100,
    "group": "Verdict",
  },
  longer: {
    "name": "longer", "kind": "bool", "label": "And one network trained twice as long",
    "doc": "What the same patience could buy.", "group": "Verdict",
  },
});
