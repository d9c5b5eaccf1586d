import { h } from "../../ui/dom.js";
import { createColourBar } from "../../ui/colour-bar.js";
import { colourRange } from "./shown.js";
import { plainOutput } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */

const READINGS = { shapley: "", linear: "linear fit of the map: ", tree: "tree fit of the map: " };

/**
 * The colour bar with its numbers, and what hatching means.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function legendView(model, el) {
  const swatch = h("span.xai-hatched", { "aria-hidden": "true" });
  const words = h("span");
  const doubt = h("span.xai-doubt", { title: "|value| < 2 standard errors" }, swatch, words);
  const { root, show: showBar } = createColourBar(4, doubt);
  el.append(root);

  function show() {
    const { main, others, reading } = model.view.shown;
    root.hidden = !main.attribution;
    if (!main.attribution) return;
    const labels = [main, ...others.filter(({ range }) => range === null)].flatMap(({ attribution }) =>
      attribution ? `“${attribution.label}”` : [],
    );
    const score = plainOutput(main.attribution.output);
    const classes = [...new Set(labels)].join(" / ");
    const { adds_up, explainer, output } = main.attribution;
    const attends =
      output === "attention" && "red: where attention goes, the same for every class; it is not importance";
    const title =
      attends ||
      (adds_up
        ? `${READINGS[reading]}red adds to the ${score} of ${classes}, blue takes from it`
        : `${explainer}: red speaks for ${classes}, blue against it`);
    showBar(title, colourRange(model), model.get("opacity"));
    root.title = adds_up ? `contribution to the ${output}` : `in units of ${output}: no shares of the score`;
    const hatched = model.get("hatching") && model.get("look") === "cells";
    swatch.hidden = !hatched;
    words.textContent =
      `${hatched ? "hatched and faint" : "faint"}: not certain, ` + `may be nothing or the other way round`;
    doubt.hidden = reading !== "shapley" || main.attribution.standard_error === null;
  }
  model.watch(["color_range", "opacity", "look", "hatching"], show);
  model.watchView(["shown"], show);
}
