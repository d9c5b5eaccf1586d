import { NEURON } from "../../schema/neuron/state.js";
import { count } from "../../lib/numbers.js";
import { pictureOf } from "../../lib/pictures.js";
import { classChoice } from "../../ui/controls.js";
import { fillList, h, oncePerFrame, setAttribute, setDisabled } from "../../ui/dom.js";
import { fold } from "../../ui/fold.js";
import { markChosen, selecting } from "../../ui/selecting.js";
import { createTile, fillTile } from "./tile.js";
import { moveView } from "./move.js";
import { conceptText } from "./text.js";

/** @import { NeuronBinding } from "./types.js" */

/** As `neurons.concept` asks for. */
const FEWEST = 4;

/**
 * Examples of a concept, chosen by clicks, and whether a class follows it.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export const conceptView = fold("xai-neuron-concept", "A concept of your own", (model, el, signal) => {
  const panel = h("div.xai-neuron-concept");
  el.append(panel);
  conceptPanel(/** @type {NeuronBinding} */ (model), panel, signal);
});

/**
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function conceptPanel(model, el, signal) {
  const chosen = h("p.xai-label");
  const grid = h("div.xai-neuron-examples", { role: "group", "aria-label": "Examples" });
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Beside ten directions between random halves of the other pictures",
      onclick: () => model.command("find_concept"),
    },
    "Does the class follow it?",
  );
  const answer = h("p.xai-neuron-direction", { "data-export": "" });
  el.append(chosen, grid);
  const take = h(
    "button.xai-button.xai-live",
    {
      title: "Those that are chosen here or in a widget beside, by selection",
      onclick: () => model.set({ examples: model.get("selection") }),
    },
    "Take the chosen pictures",
  );
  model.watch(["selection"], () => setDisabled(take, !model.get("selection").length));
  el.append(h("div.xai-neuron-buttons", take));
  classChoice(model, el, NEURON.target);
  el.append(button, answer);
  moveView(model, el, signal);
  selecting(model, grid, signal, ({ dataset }) => Number(dataset.picture));

  const create = () => {
    const tile = createTile(h("button.xai-selectable.xai-neuron-example"));
    tile.addEventListener("click", () => {
      const picture = Number(tile.dataset.picture);
      const [examples, others] = [model.get("examples"), model.get("examples").filter((p) => p !== picture)];
      model.set({ examples: others.length < examples.length ? others : [...others, picture] });
    });
    return tile;
  };

  /** @type {unknown} */
  let painted;
  const draw = oncePerFrame(() => {
    const pictures = model.get("all_pictures");
    if (signal.aborted || !pictures?.data.byteLength) return;
    const places = Array.from({ length: pictures.data.length / (3 * pictures.height * pictures.width) });
    const [examples, chosen] = [model.get("examples"), new Set(model.get("selection"))];
    fillList(grid, places, create, (tile, _place, picture) => {
      if (painted !== pictures) {
        fillTile(tile, pictureOf(pictures, picture), [], "");
        tile.dataset.picture = String(picture);
        setAttribute(tile, "aria-label", `picture ${picture}`);
      }
      setAttribute(tile, "aria-pressed", String(examples.includes(picture)));
      markChosen(tile, chosen.has(picture));
    });
    painted = pictures;
  });
  model.watch(["all_pictures", "examples", "selection"], draw);
  model.watch(["examples", "status"], () => {
    const { length } = model.get("examples");
    chosen.textContent = `Click the pictures that have it: ${count(length)} chosen, at least ${FEWEST} are needed.`;
    setDisabled(button, length < FEWEST || model.get("status").state === "running");
  });
  model.watch(["concept"], () => {
    const concept = model.get("concept");
    answer.textContent = concept ? conceptText(concept) : "";
    answer.hidden = !concept;
  });
}
