import { setDisabled } from "../../ui/dom.js";
import { group, tool } from "./tools.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * One step back and forth, by buttons and by keys anywhere on the page.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 */
export function undoTools(model, bar) {
  const undo = tool("Undo", "undo", () => void model.command("undo"));
  const redo = tool("Redo", "redo", () => void model.command("redo"));
  bar.append(group("History", undo, redo));
  model.watch(["undoable", "redoable"], () => {
    setDisabled(undo, !model.get("undoable"));
    setDisabled(redo, !model.get("redoable"));
  });
  /** @type {HTMLElement} */ (bar.closest(".xai-root")).addEventListener("keydown", (event) => {
    const name = undoKey(event);
    if (!name || isTyping(event.target)) return;
    event.preventDefault();
    (name === "undo" ? undo : redo).click();
  });
}

/**
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} event
 * @returns {"undo" | "redo" | null} what the keys mean: Ctrl+Z, Ctrl+Shift+Z or Ctrl+Y, with ⌘ on a Mac
 */
export function undoKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && !shiftKey ? "redo" : null;
}

/**
 * @param {EventTarget | null} target
 * @returns whether it is a field with an undo of its own
 */
const isTyping = (target) =>
  target instanceof HTMLInputElement && ["text", "number", "search"].includes(target.type);
