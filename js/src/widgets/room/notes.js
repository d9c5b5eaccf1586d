import { h } from "../../ui/dom.js";

/** @import { RoomBinding } from "./types.js" */

/**
 * What was wrong with the file of answers.
 * @param {RoomBinding} model
 * @param {HTMLElement} el
 */
export function logNotes(model, el) {
  const note = h("p.xai-label", { role: "status" });
  el.append(note);
  model.watch(["log_notes"], () => {
    note.textContent = model.get("log_notes").join(" ");
    note.hidden = !note.textContent;
  });
}
