import { h, fillList, setAttribute } from "../lib/dom.js";
import { paintPicture } from "../lib/paint.js";

/** @import { Binding, Reader } from "../lib/binding.js" */
/** @import { NamedPicture } from "../lib/schema.js" */

/**
 * The pictures to choose from; one alone is not shown.
 * @param {Reader<{index: number, pictures: NamedPicture[]}> & Pick<Binding<{index: number}>, "set">} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function filmstripView(model, el, signal) {
  const strip = h("div.xai-filmstrip.xai-live", { role: "group", "aria-label": "Pictures" });
  el.append(strip);

  /** @param {number} position */
  function create(position) {
    const button = h("button.xai-thumbnail", h("canvas", { "aria-hidden": "true" }), h("span"));
    button.addEventListener("click", () => model.set({ index: position }), { signal });
    return button;
  }

  model.watch(["pictures"], () => {
    const pictures = model.get("pictures");
    strip.hidden = pictures.length < 2;
    fillList(strip, strip.hidden ? [] : pictures, create, (button, { name, thumbnail }) => {
      paintPicture(/** @type {HTMLCanvasElement} */ (button.firstElementChild), thumbnail);
      /** @type {HTMLElement} */ (button.lastElementChild).textContent = name;
      button.title = name;
    });
  });
  model.watch(["index", "pictures"], () => {
    [...strip.children].forEach((button, position) => {
      setAttribute(button, "aria-pressed", String(position === model.get("index")));
    });
  });
}
