import { count, duration, short } from "../../lib/numbers.js";
import { createLedger } from "../../ui/ledger.js";
import { distanceText } from "./text.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { ShownContrast } from "../../schema/contrast/output.js" */

/**
 * The ledger of the morph that is drawn.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function contrastLedger(model, el) {
  const show = createLedger(el);
  model.watchView(["morph"], () => {
    const { morph } = model.view;
    show(morph ? entries(morph.contrast, morph.labels) : []);
  });
}

/** @param {ShownContrast} c @param {readonly string[]} labels */
function entries(c, labels) {
  const kind = c.partial ? "partial" : c.converged ? "reached" : "not reached";
  return [
    {
      name: "distance",
      value: distanceText(c.distance),
      title: "between the latent vectors of the picture and of the end",
    },
    { name: "steps", value: count(c.steps), title: "of the search" },
    {
      name: "gap at the boundary",
      value: short(c.gap_at_end),
      title: "log-likelihood of the true class less that of the probe, at the end",
    },
    {
      name: "third class",
      value: c.third_class < 0 ? "none" : labels[c.third_class],
      title: "one that beats both at the end",
    },
    {
      name: "reconstruction error",
      value: short(c.reconstruction_error),
      title: "what the generator misses of the picture",
    },
    { name: "evaluations", value: count(c.evaluations), title: "runs of the model" },
    { name: "gradients", value: count(c.gradients), title: "runs backwards through model and generator" },
    { name: "time", value: duration(c.seconds), title: "seconds of computing" },
    { name: "seed", value: String(c.seed), title: "the same seed gives the same numbers" },
    { name: "device", value: c.device, title: "where the model ran" },
    {
      name: "kind",
      value: kind,
      title: "reached: the end lies on the boundary; not reached: the nearest found",
    },
  ];
}
