import { setAttribute } from "./dom.js";
import { createThumbnails } from "./thumbnails.js";

/** @import { Binding, Reader } from "./binding.js" */
/** @import { NamedPicture } from "../schema/shared.js" */

/**
 * The pictures to choose from; one alone is not shown.
 * @param {Reader<{index: number, pictures: NamedPicture[]}> & Pick<Binding<{index: number}>, "set" | "quietly">} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function filmstripView(model, el, signal) {
  createFilmstrip(model, el, signal);
}

/**
 * The strip, whose pictures can be put in another order: `order` has the index of the first, the second, ...
 * @param {Parameters<typeof filmstripView>[0]} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function createFilmstrip(model, el, signal) {
  let order = /** @type {readonly number[]} */ ([]);
  const { root, show } = createThumbnails(
    "xai-thumbnail",
    "Pictures",
    (place) => model.set({ index: order[place] }),
    signal,
    model,
  );
  root.classList.add("xai-live");
  el.append(root);

  /** @param {readonly number[]} next */
  function arrange(next) {
    order = next;
    const pictures = model.get("pictures");
    root.hidden = pictures.length < 2;
    show(root.hidden ? [] : order.map((index) => pictures[index]));
    press();
  }
  function press() {
    [...root.children].forEach((button, place) =>
      setAttribute(button, "aria-pressed", String(order[place] === model.get("index"))),
    );
  }
  model.watch(["pictures"], () => arrange([...model.get("pictures").keys()]));
  model.watch(["index"], press);
  return { root, arrange };
}
