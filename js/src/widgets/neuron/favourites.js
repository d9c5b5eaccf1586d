import { short } from "../../lib/numbers.js";
import { pictureOf } from "../../lib/pictures.js";
import { fillList, h, setAttribute } from "../../ui/dom.js";
import { CHOOSING, markChosen, selecting } from "../../ui/selecting.js";
import { createTile, fillTile } from "./tile.js";

/** @import { NeuronBinding } from "./types.js" */

/**
 * The pictures that excite the unit most; a click watches one.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function favouritesView(model, el, signal) {
  const title = h("h3");
  const grid = h("div.xai-neuron-favourites", { role: "group", "aria-label": "Favourites" });
  const choose = h(
    "button.xai-button",
    {
      title: "For the widgets beside, by selection",
      onclick: () => {
        const indices = Array.from(model.get("favourites")?.indices ?? []);
        model.set({ selection: indices.sort((a, b) => a - b) });
      },
    },
    "Choose them all",
  );
  el.append(h("section", { "aria-label": "Favourites of the unit", "data-export": "" }, title, grid, choose));
  selecting(model, grid, signal, ({ dataset }) => Number(dataset.picture));

  const create = () => {
    const tile = createTile(h("button.xai-selectable.xai-neuron-favourite"));
    tile.addEventListener("click", () => model.set({ index: Number(tile.dataset.picture) }));
    return tile;
  };

  model.watch(["favourites", "index", "selection"], () => {
    const favourites = model.get("favourites");
    if (!favourites?.pictures.data.byteLength) return;
    title.textContent = `What unit ${favourites.unit} likes best`;
    fillList(grid, Array.from(favourites.indices), create, (tile, picture, position) => {
      const box = favourites.boxes.subarray(4 * position, 4 * position + 4);
      const value = short(favourites.values[position]);
      fillTile(tile, pictureOf(favourites.pictures, position), box, value);
      tile.dataset.picture = String(picture);
      const label = favourites.labels[position];
      const answer = `Picture ${picture}, seen as “${label}”: the unit answers ${value}.`;
      tile.title = `${answer} A click watches it. ${CHOOSING}.`;
      setAttribute(tile, "aria-label", `picture ${picture}, seen as ${label}, answer ${value}`);
      setAttribute(tile, "aria-pressed", String(picture === model.get("index")));
      markChosen(tile, model.get("selection").includes(picture));
    });
  });
}
