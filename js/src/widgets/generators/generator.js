import { choice, checkbox, untyped } from "../../ui/controls.js";
import { fillList, h } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { chosenOf, isMissed } from "./text.js";

/** @import { GeneratorLabBinding } from "./types.js" */

/**
 * Which generator, and how all of them do on this picture.
 * @param {GeneratorLabBinding} model
 * @param {HTMLElement} el
 */
export function generatorView(model, el) {
  el.append(h("h3", "Generator"));
  if (!model.isStatic) {
    const options = () => model.get("names").map((name, i) => /** @type {const} */ ([i ? name : "", name]));
    choice(untyped(model), el, "Drawn by", "generator", options, ["names"]);
    checkbox(untyped(model), el, "Add what it misses", "residual");
    if (model.get("classes").length) checkbox(untyped(model), el, "Hold the class", "hold");
  }
  const rows = h("tbody");
  const head = h(
    "tr",
    ...["", "latents", "error", "of its own"].map((name) => h("th", { scope: "col" }, name)),
  );
  const table = h("table.xai-lab-table", { "data-export": "" }, h("thead", head), rows);
  el.append(table);
  model.watch(["generators", "generator"], () => {
    const generators = model.get("generators");
    const chosen = chosenOf(generators, model.get("generator"));
    table.hidden = !generators.length;
    fillList(
      rows,
      generators,
      () => h("tr", h("th", { scope: "row" }), h("td"), h("td"), h("td")),
      (row, facts) => {
        const texts = [
          facts.name,
          String(facts.latents),
          short(facts.error),
          facts.missed === null ? "not known" : percent(facts.missed, 0),
        ];
        texts.forEach((text, i) => void (row.children[i].textContent = text));
        row.title = `${facts.kind}; the last number: of how many of its own pictures it misses less`;
        row.classList.toggle("xai-lab-chosen", facts === chosen);
        row.classList.toggle("xai-lab-missed", isMissed(facts));
      },
    );
  });
}
