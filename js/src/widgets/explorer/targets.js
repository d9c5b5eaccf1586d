import { classesView } from "../../ui/classes.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Ranked } from "../../ui/classes.js" */
/** @import { ShownStage } from "../../schema/explorer/output.js" */

/**
 * The classes that may be explained.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function targetsView(model, el) {
  const before = () => (model.get("original") ? model.get("prediction_before") : null);
  classesView(model, el, {
    title: () => (before() ? "What it sees, before → after" : "What it sees"),
    name: "Class to explain",
    automatic: () => `automatic (top class${before() ? " before" : ""})`,
    asked: () => model.get("target"),
    ask: (target) => model.set({ target }),
    // Without a class that is asked about, it is the top class as it was before all edits.
    answered: () => model.get("prediction")?.target?.index,
    before,
    ranked: () => rankedAt(model.get("stages"), model.get("layer")),
    watch: (listener) =>
      model.watch(["prediction", "prediction_before", "original", "target", "stages", "layer"], listener),
  });
}

/**
 * @param {readonly ShownStage[]} stages
 * @param {string | null} layer
 * @returns {Ranked | null} what the network truncated at a layer says; of the whole network it is its prediction
 */
export function rankedAt(stages, layer) {
  const stage = layer === null ? undefined : stages.find((each) => each.layer === layer);
  return stage ? { title: `Ranks at layer ${layer}`, prediction: stage.prediction, rank: stage.rank } : null;
}
