import { count, duration, short } from "../../lib/numbers.js";
import { createLedger } from "../../ui/ledger.js";

/** @import { TextBinding } from "./types.js" */

/**
 * What the answer has cost, and how far it may be trusted.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function textLedger(model, el) {
  const show = createLedger(el);
  model.watch(["contrast"], () => {
    const c = model.get("contrast");
    show(
      c
        ? [
            {
              name: "distance",
              value: short(c.distance),
              title: "from the sentence to the boundary, in the generator's latent numbers",
            },
            {
              name: "gradients",
              value: count(c.gradients),
              title: "runs backwards through network and generator",
            },
            { name: "time", value: duration(c.seconds), title: "seconds of computing" },
            { name: "device", value: c.device, title: "where the network ran" },
            {
              name: "kind",
              value: c.converged ? "reached" : "not reached",
              title: "reached: the end lies on the boundary",
            },
          ]
        : [],
    );
  });
}
