import { h, fillList, setBlocked, setDisabled, isDisabled } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { cellStep } from "./geometry.js";
import { attackView } from "./attack.js";
import { sweepView } from "./sweep.js";
import { plainEdit, plainSource } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { IconName } from "../../ui/icons.js" */

const TURN = 15;
const ENLARGE = 1.25;
const NO_WINDOW = "draw a window first";

/**
 * Change the picture and see what the network makes of it. Words are neither blurred nor turned nor attacked.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function whatIfView(model, el, signal) {
  const reference = h("select.xai-reference", { "aria-label": "Reference to paste from" });
  const degrees = h("input.xai-degrees", {
    type: "number",
    "aria-label": "Degrees to rotate by",
    value: TURN,
    min: 1,
    max: 180,
    step: 1,
  });

  /**
   * @param {string} name
   * @param {IconName} symbol
   * @param {() => void} action
   * @param {string} [word] shown beside the icon
   */
  function tool(name, symbol, action, word = "") {
    const button = h(
      "button.xai-button.xai-tool",
      { title: name, "aria-label": name, onclick: () => action() },
      icon(symbol),
      word,
    );
    return button;
  }
  const edited = h("select.xai-edited", {
    "aria-label": "Picture to edit",
    title: "what the edits change: the picture, or one that it is compared with",
  });
  /** @param {Record<string, unknown>} fields */
  const edit = (fields) => void model.command("edit", { ...fields, of: edited.value || null });
  /** @param {number} rows @param {number} columns */
  const shift = (rows, columns) => {
    const picture = model.get("picture");
    if (!picture) return;
    const step = cellStep(
      model.get("trail").at(-1) ?? [0, 0, picture.height, picture.width],
      model.get("grid"),
    );
    edit({ operation: "shift", rows: rows * step[0], columns: columns * step[1] });
  };
  /** @param {1 | -1} side */
  const rotate = (side) => edit({ operation: "rotate", degrees: side * (degrees.valueAsNumber || TURN) });

  const erase = tool("Hide the window", "erase", () => edit({ operation: "erase" }), "Hide");
  const blur = tool("Blur the window", "blur", () => edit({ operation: "blur" }), "Blur");
  const paste = tool(
    "Paste the window from the reference",
    "paste",
    () => edit({ operation: "paste", reference: reference.selectedIndex }),
    "Paste",
  );
  const copy = tool("Copy the window", "copy", () => void model.command("copy"), "Copy");
  const pasteCopied = tool(
    "Paste what was copied where the window is",
    "paste",
    () => void model.command("paste_copied"),
    "Paste here",
  );
  const TITLES = /** @type {const} */ ([
    [erase, "hide the window (erase): its pixels become what hidden parts become"],
    [blur, "blur the window: its details go, its colours stay"],
    [paste, "put there what the reference has in the same place"],
    [copy, "keep what the window shows, to be pasted anywhere, also into another picture"],
  ]);
  const undo = tool("Undo", "undo", () => void model.command("undo"));
  const redo = tool("Redo", "redo", () => void model.command("redo"));
  const pasting = group("Paste from a reference", paste, reference);
  const moving = h(
    "details.xai-moving",
    h("summary.xai-button", { title: "shift, rotate or scale the whole picture" }, "Move"),
    h(
      "div.xai-moving-tools",
      group(
        "Shift",
        ...[
          tool("Shift left by a cell", "left", () => shift(0, -1)),
          tool("Shift up by a cell", "up", () => shift(-1, 0)),
          tool("Shift down by a cell", "down", () => shift(1, 0)),
          tool("Shift right by a cell", "right", () => shift(0, 1)),
        ],
      ),
      group(
        "Rotate",
        tool("Rotate anticlockwise", "anticlockwise", () => rotate(1)),
        degrees,
        tool("Rotate clockwise", "clockwise", () => rotate(-1)),
      ),
      group(
        "Scale",
        ...[
          tool("Scale down", "smaller", () => edit({ operation: "scale", factor: 1 / ENLARGE })),
          tool("Scale up", "larger", () => edit({ operation: "scale", factor: ENLARGE })),
        ],
      ),
    ),
  );
  const applied = h("ol.xai-edits", { "aria-label": "Edits applied" });

  const bar = h(
    "div.xai-what-if.xai-live",
    { role: "toolbar", "aria-label": "What if" },
    edited,
    group("Change the window", erase, ...(model.get("reads_text") ? [] : [blur])),
    group("Copy to another place", copy, pasteCopied),
    pasting,
  );
  if (!model.get("reads_text")) {
    bar.append(moving);
    sweepView(model, bar, signal);
    attackView(model, bar);
  }
  bar.append(group("History", undo, redo));
  el.append(bar, applied);

  el.closest(".xai-root")?.addEventListener("keydown", (event) => {
    const name = undoKey(/** @type {KeyboardEvent} */ (event));
    if (!name || isTyping(event.target)) return;
    event.preventDefault();
    if (!isDisabled(name === "undo" ? undo : redo)) model.command(name);
  });

  model.watch(["references"], () => {
    const names = model.get("references").map(({ name }) => name);
    reference.replaceChildren(...names.map((name) => h("option", name)));
    pasting.hidden = names.length === 0;
  });
  model.watch(["partners", "rival", "pictures", "index"], () => {
    const partners = model
      .get("partners")
      .filter((name) => name !== model.get("rival") && !name.startsWith("layer "));
    const options = ["", ...partners].map((value) =>
      h(
        "option",
        { value },
        `edit ${plainSource(value || (model.get("pictures")[model.get("index")]?.name ?? ""))}`,
      ),
    );
    const at = edited.selectedIndex; // an edit gives a partner another name
    edited.hidden = !partners.length;
    edited.replaceChildren(...options);
    edited.selectedIndex = at < options.length ? Math.max(0, at) : 0;
  });
  model.watch(["trail"], () => {
    const missing = model.get("trail").length === 0;
    for (const [button, title] of TITLES) setBlocked(button, missing ? NO_WINDOW : undefined, title);
  });
  model.watch(["trail", "copied"], () => {
    const copied = model.get("copied");
    const missing = model.get("trail").length ? undefined : "draw a window where it shall be pasted";
    pasteCopied.hidden = !copied;
    setBlocked(
      pasteCopied,
      missing,
      `paste ${copied} where the window is; drag it there, or move it with the arrow keys`,
    );
  });
  model.watch(["undoable", "redoable"], () => {
    setDisabled(undo, !model.get("undoable"));
    setDisabled(redo, !model.get("redoable"));
  });
  model.watch(["edits"], () => {
    const edits = model.get("edits");
    applied.hidden = edits.length === 0;
    fillList(
      applied,
      edits,
      () => h("li"),
      (item, text) => {
        item.textContent = plainEdit(text, model.get("classes"));
        item.title = text;
      },
    );
  });
}

/**
 * @param {string} name
 * @param {...HTMLElement} tools
 */
const group = (name, ...tools) => h("div.xai-group", { role: "group", "aria-label": name }, ...tools);

/**
 * @param {KeyboardEvent} event
 * @returns {"undo" | "redo" | null} what the keys mean: Ctrl+Z, Ctrl+Shift+Z or Ctrl+Y, with ⌘ on a Mac
 */
function undoKey({ key, ctrlKey, metaKey, shiftKey, altKey }) {
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
