import { fillList, h, setDisabled } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";
import { maximisedText } from "./text.js";

/** @import { NeuronBinding } from "./types.js" */

/**
 * Pictures made to excite the unit.
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
export function maximisedView(model, el) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Changes a grey picture until the unit answers as much as possible",
      onclick: () => model.command("maximise"),
    },
    "Make a picture that excites it",
  );
  const list = h("div.xai-neuron-maximised", { "data-export": "" });
  el.append(h("h3", "A picture made for it"), button, list);

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
