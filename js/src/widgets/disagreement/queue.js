import { fillList, h, setAttribute } from "../../ui/dom.js";
import { CHOOSING, markChosen, selecting } from "../../ui/selecting.js";

/** @import { DisagreementBinding } from "./types.js" */

/**
 * The disagreements, those first whose maps are furthest apart; a mark says that one was voted on.
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function queueView(model, el, signal) {
  const list = h("div.xai-disagreement-queue", { role: "group", "aria-label": "Disagreements" });
  const all = h("button.xai-button", { title: "For the widgets beside, by selection" }, "Choose them all");
  const choose = () => model.set({ selection: Array.from(model.get("queue") ?? []).sort((a, b) => a - b) });
  all.addEventListener("click", choose);
  el.append(
    h("h3", { title: "By the distance of the anti-join" }, "In the queue, the furthest apart first"),
    list,
    all,
  );
  const create = (/** @type {number} */ place) => {
    const button = h("button.xai-selectable", { onclick: () => model.set({ place }) });
    return button;
  };
  const imageAt = (/** @type {number} */ place) => model.get("queue")?.[place];
  selecting(model, list, signal, (button) => imageAt([...list.children].indexOf(button)));
  model.watch(["votes", "place", "queue", "selection"], () => {
    const chosen = new Set(model.get("selection"));
    fillList(list, model.get("votes"), create, (button, { side }, place) => {
      const text = `${place + 1}${side ? " ✓" : ""}`;
      if (button.textContent !== text) button.textContent = text;
      setAttribute(button, "aria-pressed", String(place === model.get("place")));
      setAttribute(button, "aria-label", `disagreement ${place + 1}${side ? ", voted on" : ""}`);
      button.title = `Image ${imageAt(place)}. ${CHOOSING}.`;
      markChosen(button, chosen.has(imageAt(place) ?? -1));
    });
  });
}
