import { fillList, h, setAttribute, svg } from "../../ui/dom.js";
import { count, percent, short } from "../../lib/numbers.js";
import { countsOf, layoutOf, leafWith, picturesOf, wayTo } from "./layout.js";
import { cellOf, featureText, leafText, ruleText } from "./text.js";

/** @import { ShownNode, ShownTree } from "../../schema/surrogate/output.js" */
/** @import { Placed } from "./layout.js" */
/** @import { SurrogateBinding } from "./types.js" */

/**
 * The tree, its root at the left; a click on a leaf chooses its pictures.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 */
export function treeView(model, el) {
  const edges = svg("svg", { class: "xai-tree-edges", preserveAspectRatio: "none", "aria-hidden": "true" });
  const questions = h("div.xai-tree-part");
  const leaves = h("div.xai-tree-part", { role: "group", "aria-label": "Leaves" });
  const drawing = h("div.xai-tree-drawing", edges, questions, leaves);
  const holder = h("div.xai-tree", { "data-export": "", tabindex: 0, "aria-label": "The tree" }, drawing);
  el.append(
    h("h3", "The tree: upwards where the answer is yes, downwards where it is no"),
    h(
      "p.xai-label",
      "At the right each leaf: what the tree says there, of how many pictures, and how often the network agrees.",
    ),
    holder,
  );
  /** @type {{placed: Placed[], columns: number, rows: number}} */
  let layout = layoutOf([]);
  let pointed = -1;

  function create() {
    const button = h(
      "button.xai-selectable.xai-tree-leaf",
      h("strong"),
      h("span.xai-label"),
      h("span.xai-tree-track", { "aria-hidden": "true" }, h("span")),
      h("span.xai-tree-share"),
      h("span.xai-tree-chosen"),
    );
    const choose = () => {
      const tree = model.get("tree");
      if (!tree) return;
      const leaf = Number(button.dataset.leaf);
      const isOpen = button.getAttribute("aria-pressed") === "true";
      model.set({ selection: isOpen ? [] : picturesOf(tree.leaf_of, leaf) });
    };
    button.addEventListener("click", choose);
    for (const [type, leaf] of /** @type {const} */ ([
      ["pointerenter", true],
      ["focus", true],
      ["pointerleave", false],
      ["blur", false],
    ]))
      button.addEventListener(type, () => pointAt(leaf ? Number(button.dataset.leaf) : -1));
    return button;
  }

  /** The way to a leaf stands out. @param {number} leaf */
  function pointAt(leaf) {
    pointed = leaf;
    const tree = model.get("tree");
    if (!tree) return;
    const at = leaf < 0 ? leafWith(tree.leaf_of, tree.leaves, model.get("selection")) : leaf;
    const node = at < 0 ? -1 : tree.nodes.findIndex((each) => each.leaf === at);
    const way = new Set(wayTo(layout.placed, node));
    [...edges.children].forEach((edge) =>
      edge.classList.toggle("xai-on-way", way.has(Number(edge.getAttribute("data-node")))),
    );
    for (const question of /** @type {HTMLElement[]} */ ([...questions.children]))
      question.classList.toggle("xai-on-way", way.has(Number(question.dataset.node)));
  }

  function draw() {
    const tree = model.get("tree");
    if (!tree) return;
    layout = layoutOf(tree.nodes);
    const { placed, columns, rows } = layout;
    drawing.style.setProperty("--columns", String(columns));
    drawing.style.setProperty("--rows", String(rows));
    drawing.classList.toggle("xai-tree-of-cells", tree.grid !== null);
    edges.setAttribute("viewBox", `0 0 ${columns || 1} ${rows}`);
    edges.replaceChildren(...placed.flatMap((_, node) => edgeOf(placed, node, tree.nodes[node].below < 0)));
    const inner = tree.nodes.map((node, i) => ({ node, i })).filter(({ node }) => node.below >= 0);
    fillList(
      questions,
      inner,
      () => h("div.xai-tree-question"),
      (element, { node, i }) => {
        element.dataset.node = String(i);
        element.replaceChildren(...questionOf(node, tree.grid));
        element.title = `${featureText(node.feature)} ≤ ${short(node.threshold)}?`;
        place(element, placed[i]);
      },
    );
    drawLeaves(tree, placed);
  }

  /** @param {ShownTree} tree @param {readonly Placed[]} placed */
  function drawLeaves(tree, placed) {
    const ends = tree.nodes
      .map((node, i) => ({ ...node, row: placed[i].row }))
      .filter(({ leaf }) => leaf >= 0);
    fillList(
      leaves,
      ends.sort((a, b) => a.row - b.row),
      create,
      (button, { leaf, row }) => {
        const { label, count: all, agreement } = tree.leaves[leaf];
        const [name, many, track, share] = /** @type {HTMLElement[]} */ ([...button.children]);
        button.dataset.leaf = String(leaf);
        place(button, { row });
        name.textContent = label;
        many.textContent = count(all);
        const fill = /** @type {HTMLElement} */ (track.firstElementChild);
        share.textContent = agreement ? percent(agreement.value, 0) : "–";
        fill.style.width = `${100 * (agreement?.value ?? 0)}%`;
        const words = `${ruleText(tree.leaves[leaf])} ${leafText(tree.leaves[leaf])}`;
        button.title = `${words} A click chooses them.`;
      },
    );
    markChosen();
  }

  function markChosen() {
    const tree = model.get("tree");
    if (!tree) return;
    const selection = model.get("selection");
    const open = leafWith(tree.leaf_of, tree.leaves, selection);
    const counts = countsOf(tree.leaf_of, tree.leaves.length, selection);
    for (const button of /** @type {HTMLElement[]} */ ([...leaves.children])) {
      const leaf = Number(button.dataset.leaf);
      setAttribute(button, "aria-pressed", String(leaf === open));
      /** @type {HTMLElement} */ (button.lastElementChild).textContent =
        counts[leaf] && leaf !== open ? `${count(counts[leaf])} chosen` : "";
    }
    pointAt(pointed);
  }

  model.watch(["tree"], draw);
  model.watch(["selection"], markChosen);
}

/** @param {HTMLElement} element @param {{row: number, column?: number}} place */
function place(element, { row, column }) {
  element.style.setProperty("--row", String(row));
  if (column !== undefined) element.style.setProperty("--column", String(column));
}

/**
 * From a node's question to it, round a corner.
 * @param {readonly Placed[]} placed
 * @param {number} node
 * @param {boolean} isLeaf
 */
function edgeOf(placed, node, isLeaf) {
  const { parent, row, column } = placed[node];
  if (parent < 0) return [];
  const from = placed[parent];
  const d = `M${from.column + 0.5} ${from.row + 0.5}V${row + 0.5}H${isLeaf ? column : column + 0.5}`;
  return [svg("path", { d, "data-node": node })];
}

/** @param {ShownNode} node @param {number | null} grid */
function questionOf({ feature, threshold }, grid) {
  const cell = cellOf(feature);
  const text = h("span", `${cell && grid ? "" : `${feature} `}≤ ${short(threshold)}`);
  if (!cell || !grid) return [text];
  const [row, column] = cell;
  const picture = svg(
    "svg",
    {
      class: "xai-tree-cell",
      viewBox: `0 0 ${grid} ${grid}`,
      role: "img",
      "aria-label": featureText(feature),
    },
    svg("rect", { x: column - 1, y: row - 1, width: 1, height: 1 }),
  );
  return [picture, text];
}
