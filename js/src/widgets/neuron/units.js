import { pictureOf } from "../../lib/pictures.js";
import { fillList, h, oncePerFrame, setAttribute } from "../../ui/dom.js";
import { createTile, fillTile } from "./tile.js";

/** @import { NeuronBinding } from "./types.js" */

/**
 * All units of the layer, each by the picture that excites it most; a click looks at one.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function unitsView(model, el, signal) {
  const grid = h("div.xai-neuron-units", { role: "group", "aria-label": "Units" });
  el.append(h("h3", "Units, each with the picture it likes best"), grid);

  const create = () => {
    const tile = createTile(h("button.xai-selectable.xai-neuron-unit"));
    tile.addEventListener("click", () => model.set({ unit: Number(tile.dataset.unit) }));
    return tile;
  };

  /** @type {unknown} the units that are painted */
  let painted;
  const draw = oncePerFrame(() => {
    const units = model.get("units");
    if (signal.aborted || !units?.pictures.data.byteLength) return;
    const [unit, silenced] = [model.get("unit"), model.get("silenced")];
    fillList(grid, Array.from(units.values), create, (tile, _value, position) => {
      if (painted !== units) {
        const box = units.boxes.subarray(4 * position, 4 * position + 4);
        fillTile(tile, pictureOf(units.pictures, position), box, String(position));
        tile.dataset.unit = String(position);
      }
      const isSilent = silenced.includes(position);
      tile.classList.toggle("xai-neuron-silenced", isSilent);
      setAttribute(tile, "aria-pressed", String(position === unit));
      setAttribute(tile, "aria-label", `unit ${position}${isSilent ? ", silenced" : ""}`);
    });
    painted = units;
  });
  model.watch(["units", "unit", "silenced"], draw);
}
