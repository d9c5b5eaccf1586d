import { choice, explainRow } from "../../ui/controls.js";
import { fillList, h } from "../../ui/dom.js";
import { settingsPanel } from "../../ui/settings.js";
import { SURROGATE } from "../../schema/surrogate/state.js";
import { answerText, FEATURES, importanceText, leafText, ruleText } from "./text.js";

/** @import { SurrogateBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "no tree yet",
  start: () => "Fit anew",
};

/**
 * How far the tree stands for the network, in a sentence.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-surrogate-answer", { "data-export": "" });
  el.append(answer);
  model.watch(["tree", "count"], () => {
    answer.textContent = answerText({ tree: model.get("tree"), count: model.get("count") });
  });
}

/**
 * What the tree asks about.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function settingsView(model, el) {
  el.append(h("h3", "What it asks about"));
  const place = h("div.xai-settings.xai-live");
  const options = () => model.get("offered").map((name) => /** @type {const} */ ([name, FEATURES[name]]));
  choice(model, place, "Asks about", "features", options, ["offered"]);
  explainRow(place, {
    doc: "The mean brightness of each cell, a generator’s latents, or principal components of the pixels",
  });
  const asked = h("p.xai-label", { "data-export": "" });
  const rest = h("div");
  el.append(place, asked, rest);
  settingsPanel(model, rest, SURROGATE);
  rest.querySelector("h3")?.remove();
  const grid = /** @type {HTMLElement | null} */ (
    rest.querySelector(".xai-grid")?.closest(".xai-setting-row")
  );
  model.watch(["features"], () => {
    if (grid) grid.hidden = model.get("features") !== "cells";
  });
  model.watch(["tree"], () => {
    asked.textContent = importanceText(model.get("tree")?.importance ?? {});
  });
}

/**
 * The leaves as rules in words, the largest first.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function rulesView(model, el) {
  const list = h("ol.xai-surrogate-rules");
  el.append(list);
  model.watch(["tree"], () =>
    fillList(
      list,
      model.get("tree")?.leaves ?? [],
      () => h("li", h("span"), h("span.xai-label")),
      (item, leaf) => {
        item.children[0].textContent = `${ruleText(leaf)} `;
        item.children[1].textContent = leafText(leaf);
      },
    ),
  );
}
