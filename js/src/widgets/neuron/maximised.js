import { fillList, h, isDisabled, setDisabled } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";
import { maximisedText } from "./text.js";

/** @import { NeuronBinding } from "./types.js" */

/**
 * Pictures made to excite the unit.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function maximisedView(model, el, signal) {
  const button = h(
    "button.xai-button.xai-live",
    { title: "Changes a grey picture until the unit answers as much as possible" },
    "Make a picture that excites it",
  );
  const list = h("div.xai-neuron-maximised", { "data-export": "" });
  el.append(h("h3", "A picture made for it"), button, list);
  button.addEventListener("click", () => isDisabled(button) || model.command("maximise"), { signal });

  const create = () => h("figure", h("canvas", { "aria-hidden": "true" }), h("figcaption"));
  model.watch(["maximised"], () => {
    fillList(list, model.get("maximised"), create, (figure, made) => {
      const [canvas, caption] = figure.children;
      if (made.picture.data.byteLength) paintPicture(/** @type {HTMLCanvasElement} */ (canvas), made.picture);
      caption.textContent = maximisedText(made);
    });
  });
  model.watch(["status"], () => setDisabled(button, model.get("status").state === "running"));
}
