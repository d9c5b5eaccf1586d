import { h, fillList, setBlocked } from "../../ui/dom.js";
import { attackView } from "./attack.js";
import { pictureName } from "./candidates.js";
import { movingTools } from "./moving.js";
import { sweepView } from "./sweep.js";
import { group, tool } from "./tools.js";
import { undoTools } from "./undo.js";
import { plainEdit, plainSource } from "./words.js";

/** @import { IconName } from "../../ui/icons.js" */
/** @import { Edit } from "./tools.js" */
/** @import { ExplorerBinding } from "./types.js" */

/**
 * Change the picture and see what the network makes of it. Words are neither blurred nor turned nor attacked.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function whatIfView(model, el, signal) {
  const bar = h("div.xai-what-if.xai-live", { role: "toolbar", "aria-label": "What if" });
  el.append(bar);
  const edit = editedChoice(model, bar);
  windowTools(model, bar, edit);
  if (!model.get("reads_text")) {
    movingTools(model, bar, edit);
    sweepView(model, bar, signal);
    attackView(model, bar);
  }
  undoTools(model, bar);
  appliedEdits(model, el);
}

/**
 * Which of the pictures is edited, where there are several.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 * @returns {Edit}
 */
function editedChoice(model, bar) {
  const select = h("select.xai-edited", {
    "aria-label": "Picture to edit",
    title: "what the edits change: the picture, or one that it is compared with",
  });
  bar.append(select);
  model.watch(["partners", "rival", "pictures", "index"], () => {
    const partners = model
      .get("partners")
      .filter((name) => name !== model.get("rival") && !name.startsWith("layer "));
    const at = select.selectedIndex; // an edit gives a partner another name
    select.hidden = !partners.length;
    select.replaceChildren(
      ...["", ...partners].map((value) =>
        h("option", { value }, `edit ${plainSource(value || pictureName(model))}`),
      ),
    );
    select.selectedIndex = at <= partners.length ? Math.max(0, at) : 0;
  });
  return (fields) => void model.command("edit", { ...fields, of: select.value || null });
}

/**
 * What can be done to the window: hidden, blurred, copied, pasted into.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 * @param {Edit} edit
 */
function windowTools(model, bar, edit) {
  /**
   * @param {{word: string, symbol: IconName, name: string, title: () => string, does: () => void,
   *   missing?: string}} what
   */
  function windowTool({ word, symbol, name, title, does, missing = "draw a window first" }) {
    const button = tool(name, symbol, does, word);
    model.watch(["trail", "copied"], () =>
      setBlocked(button, model.get("trail").length ? undefined : missing, title()),
    );
    return button;
  }
  const erase = windowTool({
    word: "Hide",
    symbol: "erase",
    name: "Hide the window",
    title: () => "hide the window (erase): its pixels become what hidden parts become",
    does: () => edit({ operation: "erase" }),
  });
  const blur = windowTool({
    word: "Blur",
    symbol: "blur",
    name: "Blur the window",
    title: () => "blur the window: its details go, its colours stay",
    does: () => edit({ operation: "blur" }),
  });
  const copy = windowTool({
    word: "Copy",
    symbol: "copy",
    name: "Copy the window",
    title: () => "keep what the window shows, to be pasted anywhere, also into another picture",
    does: () => void model.command("copy"),
  });
  const pasteCopied = windowTool({
    word: "Paste here",
    symbol: "paste",
    name: "Paste what was copied where the window is",
    title: () =>
      `paste ${model.get("copied")} where the window is; drag it there, or move it with the arrow keys`,
    does: () => void model.command("paste_copied"),
    missing: "draw a window where it shall be pasted",
  });
  const reference = h("select.xai-reference", { "aria-label": "Reference to paste from" });
  const paste = windowTool({
    word: "Paste",
    symbol: "paste",
    name: "Paste the window from the reference",
    title: () => "put there what the reference has in the same place",
    does: () => edit({ operation: "paste", reference: reference.selectedIndex }),
  });
  const pasting = group("Paste from a reference", paste, reference);
  bar.append(
    group("Change the window", erase, ...(model.get("reads_text") ? [] : [blur])),
    group("Copy to another place", copy, pasteCopied),
    pasting,
  );
  model.watch(["copied"], () => void (pasteCopied.hidden = !model.get("copied")));
  model.watch(["references"], () => {
    const options = model.get("references").map(({ name }) => h("option", name));
    reference.replaceChildren(...options);
    pasting.hidden = !options.length;
  });
}

/**
 * What was done to the picture so far.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
function appliedEdits(model, el) {
  const list = h("ol.xai-edits", { "aria-label": "Edits applied" });
  el.append(list);
  model.watch(["edits"], () => {
    const edits = model.get("edits");
    list.hidden = edits.length === 0;
    fillList(
      list,
      edits,
      () => h("li"),
      (item, text) => {
        item.textContent = plainEdit(text, model.get("classes"));
        item.title = text;
      },
    );
  });
}
