import { differenceAt, differenceOf, morphOf, rangeOf } from "./frames.js";

/** @import { ContrastBinding } from "./types.js" */

/**
 * Keeps in the view's state what is drawn of the answers; views watch that.
 * @param {ContrastBinding} model
 */
export function followMorphs(model) {
  let others = model.get("others");
  let channel = model.get("channel");
  let beside = model.get("columns");
  model.watch(["contrast", "rival", "others", "columns", "classes", "channel"], () => {
    const labels = model.get("classes");
    let changed = others !== model.get("others") || channel !== model.get("channel");
    [others, channel] = [model.get("others"), model.get("channel")];
    // One message may change several traits, and each is told of.
    for (const [name, contrast] of /** @type {const} */ ([
      ["morph", model.get("contrast")],
      ["rival", model.get("rival")],
    ])) {
      const shown = model.view[name];
      if (contrast === (shown?.contrast ?? null) && (!shown || labels === shown.labels)) continue;
      model.setView({ [name]: morphOf(contrast, labels) });
      changed = true;
    }
    if (beside !== model.get("columns") || model.view.columns.length !== beside.length) {
      beside = model.get("columns");
      model.setView({ columns: beside.map(({ contrast }) => morphOf(contrast, labels)) });
      changed = true;
    }
    if (!changed) return;
    const ends = [model.view.morph, model.view.rival, ...model.view.columns].flatMap((morph) =>
      morph ? differenceAt(morph, 1, channel) : [],
    );
    model.setView({ range: rangeOf([...ends, ...others.map((other) => differenceOf(other, channel))]) });
  });
}
