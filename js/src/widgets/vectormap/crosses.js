import { fillList, h } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";

/** @import { VectorMapBinding } from "./types.js" */

/**
 * The pictures that were put on the map beside the others, and what the network says of them.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function crossesView(model, el) {
  const list = h("ul.xai-map-placed-list", { "data-export": "" });
  const clear = h(
    "button.xai-button.xai-live",
    { onclick: () => model.command("clear_crosses") },
    "Take crosses away",
  );
  const root = h("section.xai-map-placed", { "aria-label": "Crosses" }, list, clear);
  el.append(root);
  model.watch(["crosses", "classes"], () => {
    const [crosses, classes] = [model.get("crosses"), model.get("classes")];
    root.hidden = !crosses.length;
    fillList(
      list,
      crosses,
      () => h("li", h("canvas", { "aria-hidden": "true" }), h("span")),
      (item, { name, of, predicted, thumbnail }) => {
        paintPicture(/** @type {HTMLCanvasElement} */ (item.children[0]), thumbnail);
        const from = of === null ? "" : `, of picture ${of}`;
        item.children[1].textContent = `× ${name}${from}: predicted “${classes[predicted] ?? predicted}”`;
      },
    );
  });
}
