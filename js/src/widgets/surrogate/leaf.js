import { fillList, h, setAttribute } from "../../ui/dom.js";
import { count } from "../../lib/numbers.js";
import { thumbnailLoader } from "../../ui/thumbnail-loader.js";
import { countsOf, leafWith } from "./layout.js";
import { chosenText, leafText, pictureText, ruleText } from "./text.js";

/** @import { ShownTree } from "../../schema/surrogate/output.js" */
/** @import { SurrogateBinding } from "./types.js" */

/** So many are in the page at once. */
const SHOWN = 60;

/**
 * The pictures of the leaf that is open, or whatever other widgets have chosen.
 * @param {SurrogateBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function leafView(model, el, signal) {
  const draw = thumbnailLoader(model, signal);
  const [rule, text] = [h("p", { "data-export": "" }), h("p.xai-label", { "data-export": "" })];
  const other = h("p.xai-label", "In a dashed frame: the network says something else, which is named.");
  const grid = h("div.xai-surrogate-pictures", { role: "group", "aria-label": "Chosen pictures" });
  const more = h("button.xai-button", {
    onclick: () => {
      const next = model.view.from + SHOWN;
      model.setView({ from: next < model.get("selection").length ? next : 0 });
    },
  });
  const none = h("button.xai-button", { onclick: () => model.set({ selection: [] }) }, "Choose none");
  el.append(
    h(
      "section.xai-surrogate-chosen",
      { "aria-label": "Chosen" },
      h("h3", "The pictures of a leaf"),
      rule,
      text,
      other,
      grid,
      h("div.xai-surrogate-buttons", more, none),
    ),
  );

  function show() {
    const [tree, selection, saved] = [model.get("tree"), model.get("selection"), model.get("saved")];
    const { from } = model.view;
    const open = tree ? leafWith(tree.leaf_of, tree.leaves, selection) : -1;
    const leaf = tree?.leaves[open];
    rule.textContent = leaf ? ruleText(leaf) : "";
    rule.hidden = !leaf;
    const counts = tree ? countsOf(tree.leaf_of, tree.leaves.length, selection) : [];
    text.textContent = leaf ? leafText(leaf) : chosenText(tree?.leaves ?? [], counts);
    none.hidden = !selection.length;
    other.hidden = !tree || !selection.some((picture) => isOther(tree, picture));
    more.hidden = selection.length <= SHOWN;
    more.textContent =
      `${count(from + 1)} to ${count(Math.min(from + SHOWN, selection.length))} of ` +
      `${count(selection.length)}: more`;
    const create = () => h("figure", h("canvas", { role: "img" }), h("figcaption.xai-label"));
    fillList(grid, tree ? selection.slice(from, from + SHOWN) : [], create, (tile, picture) => {
      if (!tree) return;
      const [canvas, caption] = tile.children;
      draw(/** @type {HTMLCanvasElement} */ (canvas), String(picture), saved[picture] ?? null);
      const classes = model.get("classes");
      const predicted = classes[tree.predicted[picture]];
      const said = tree.leaves[tree.leaf_of[picture]].label;
      const name = pictureText({ predicted, said, picture, isHeldOut: Boolean(tree.held_out[picture]) });
      tile.title = name;
      setAttribute(canvas, "aria-label", name);
      caption.textContent = predicted === said ? "" : predicted;
      tile.classList.toggle("xai-surrogate-other", predicted !== said);
    });
  }
  /** @param {ShownTree} tree @param {number} picture */
  const isOther = (tree, picture) =>
    model.get("classes")[tree.predicted[picture]] !== tree.leaves[tree.leaf_of[picture]].label;
  model.watch(["selection"], () => model.setView({ from: 0 }));
  model.watchView(["from"], show);
  model.watch(["selection", "tree", "classes", "saved"], show);
}
