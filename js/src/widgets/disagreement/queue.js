import { fillList, h, setAttribute } from "../../ui/dom.js";

/** @import { DisagreementBinding } from "./types.js" */

/**
 * The disagreements, those first whose maps are furthest apart; a mark says that one was voted on.
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function queueView(model, el, signal) {
  const list = h("div.xai-disagreement-queue", { role: "group", "aria-label": "Disagreements" });
  el.append(
    h("h3", { title: "By the distance of the anti-join" }, "In the queue, the furthest apart first"),
    list,
  );
  const create = (/** @type {number} */ place) => {
    const button = h("button.xai-selectable");
    button.addEventListener("click", () => model.set({ place }), { signal });
    return button;
  };
  model.watch(["votes", "place"], () => {
    fillList(list, model.get("votes"), create, (button, { side }, place) => {
      const text = `${place + 1}${side ? " ✓" : ""}`;
      if (button.textContent !== text) button.textContent = text;
      setAttribute(button, "aria-pressed", String(place === model.get("place")));
      setAttribute(button, "aria-label", `disagreement ${place + 1}${side ? ", voted on" : ""}`);
    });
  });
}
