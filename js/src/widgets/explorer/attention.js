import { h } from "../../ui/dom.js";
import { nameOf } from "./words.js";
import { wholeOf } from "./zoom.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Figure } from "../../ui/figure.js" */
/** @import { ShownHeads } from "../../schema/explorer/output.js" */
/** @import { WindowBox } from "../../lib/types.js" */

/**
 * @typedef {{layer?: number, head?: number, patch?: number[]}} Asked of attention, numbered from 1;
 *   nothing: of all, on average
 */

const ROLLOUT = "rollout";
/** A longer way of the pointer, in screen pixels, is no click: it draws a window. */
const STILL = 4;
const CLICK = "Click a patch to ask what it attends to, or go there by C and the arrow keys and press A.";

/** @param {string} text of a method @returns {Asked} */
export function askedOf(text) {
  const [, layer] = /layer=(\d+)/.exec(text) ?? [];
  const [, head] = /head=(\d+)/.exec(text) ?? [];
  const [, row, column] = /patch=\((\d+), *(\d+)\)/.exec(text) ?? [];
  return {
    ...(layer && { layer: Number(layer) }),
    ...(head && { head: Number(head) }),
    ...(row && { patch: [row, column].map(Number) }),
  };
}

/** @param {Asked} asked @returns {string} as a query writes it */
export function rolloutText({ layer, head, patch }) {
  const settings = [
    layer && `layer=${layer}`,
    head && `head=${head}`,
    patch && `patch=(${patch.join(", ")})`,
  ].filter(Boolean);
  return ROLLOUT + (settings.length ? `(${settings.join(", ")})` : "");
}

/**
 * @param {{row: number, column: number}} point of the picture
 * @param {ShownHeads} attention
 * @param {WindowBox} whole
 * @returns {number[]} the row and column of the patch there, from 1
 */
export const patchAt = ({ row, column }, { rows, columns }, [, , height, width]) => [
  1 + Math.floor((row * rows) / height),
  1 + Math.floor((column * columns) / width),
];

/** @param {ExplorerBinding} model whether attention is what explains */
export const isAttention = (model) =>
  nameOf(model.get("method")) === ROLLOUT && model.get("attention") !== null;

/** @param {ExplorerBinding} model @param {Asked} change */
const ask = (model, change) =>
  model.set({ method: rolloutText({ ...askedOf(model.get("method")), ...change }) });

/**
 * Ask the patch at a point what it attends to, where attention is what explains.
 * @param {ExplorerBinding} model
 * @param {{row: number, column: number}} point of the picture
 */
export function askPatch(model, point) {
  const attention = model.get("attention");
  if (attention && isAttention(model)) ask(model, { patch: patchAt(point, attention, wholeOf(model)) });
}

/**
 * Which layer and head of a transformer are looked at, and which patch is asked.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function attentionView(model, el) {
  const layer = h("select.xai-attention-layer", {
    "aria-label": "Layer of attention",
    title: "all: attention rollout, the layers one after another; one: what it attends to, as it is",
    onchange: () => ask(model, { layer: Number(layer.value) }),
  });
  const head = h("select.xai-attention-head", {
    "aria-label": "Head of attention",
    title: "each layer attends in several ways at once: its heads",
    onchange: () => ask(model, { head: Number(head.value) }),
  });
  const said = h("span.xai-label");
  const whole = h(
    "button.xai-link",
    {
      title: "what the tokens attend to from which the answer is read",
      onclick: () => ask(model, { patch: undefined }),
    },
    "ask the answer",
  );
  const root = h("div.xai-group-row.xai-attention.xai-live", layer, head, said, whole);
  el.append(root);

  /**
   * @param {HTMLSelectElement} select
   * @param {string} none
   * @param {string} name
   * @param {number} count
   * @param {number} [value]
   */
  function fill(select, none, name, count, value) {
    const options = Array.from({ length: count }, (_, i) =>
      h("option", { value: i + 1 }, `${name} ${i + 1}`),
    );
    select.replaceChildren(h("option", { value: "" }, none), ...options);
    select.value = String(value ?? "");
  }

  model.watch(["method", "attention"], () => {
    root.hidden = !isAttention(model);
    const { heads = [] } = model.get("attention") ?? {};
    const asked = askedOf(model.get("method"));
    fill(layer, "all layers", "layer", heads.length, asked.layer);
    fill(
      head,
      "all heads",
      "head",
      asked.layer ? heads[asked.layer - 1] : Math.min(...heads, 99),
      asked.head,
    );
    said.textContent = asked.patch
      ? `Asked: the patch in row ${asked.patch[0]}, column ${asked.patch[1]}.`
      : CLICK;
    whole.hidden = !asked.patch;
  });
}

/**
 * A click on the picture asks the patch there, whose outline stays.
 * @param {ExplorerBinding} model
 * @param {Figure} figure
 */
export function askedPatchView(model, figure) {
  const outline = h("div.xai-mark.xai-asked-patch");
  figure.layers.append(outline);
  function show() {
    const { patch } = askedOf(model.get("method"));
    const { rows = 1, columns = 1 } = model.get("attention") ?? {};
    const [, , height, width] = wholeOf(model);
    outline.hidden = !patch || !isAttention(model);
    if (patch)
      figure.place(outline, [
        ((patch[0] - 1) * height) / rows,
        ((patch[1] - 1) * width) / columns,
        height / rows,
        width / columns,
      ]);
  }
  model.watch(["method", "attention", "picture"], show);
  model.watchView(["part"], show);
  let start = [0, 0];
  figure.stage.addEventListener("pointerdown", ({ clientX, clientY }) => (start = [clientX, clientY]));
  figure.stage.addEventListener("click", (event) => {
    const { clientX, clientY, target } = event;
    const point = figure.ruler()?.(/** @type {PointerEvent} */ (event));
    const isHandle = target instanceof Element && target.closest("[data-gesture], .xai-mini-map");
    if (point && !isHandle && Math.hypot(clientX - start[0], clientY - start[1]) <= STILL)
      askPatch(model, point);
  });
}
