import { h } from "../../ui/dom.js";
import { progressText } from "./text.js";

/** @import { RoomBinding } from "./types.js" */

/**
 * How far the person is, and the code by which they go on later.
 * @param {RoomBinding} model
 * @param {HTMLElement} el
 */
export function progressView(model, el) {
  const text = h("h2.xai-question.xai-room-progress");
  const code = h("span.xai-label.xai-room-code", {
    title: "By this code you can go on later. It is random, and tied to no name.",
  });
  el.append(text, code);
  model.watch(["phase", "trial", "total", "person"], () => {
    text.textContent = progressText(model.get("phase"), model.get("trial"), model.get("total"));
    const mine = model.get("person");
    code.textContent = mine ? `your code: ${mine}` : "";
  });
}
