import { pictureOf } from "../../lib/pictures.js";
import { fillList, h, setAttribute, setDisabled } from "../../ui/dom.js";
import { paintPicture, showsSquares } from "../../ui/paint.js";
import { directionText } from "./text.js";

/** @import { GeneratorLabBinding } from "./types.js" */
/** @import { ShownDirection } from "../../schema/generators/output.js" */

const MOST = 4;
/** How far each frame of a film is moved, in deviations: as `FILM` in Python. */
const FRAMES = [-2, -1, 0, 1, 2];

/**
 * A slider for each of the strongest latent numbers, with a film of what it does; a frame is clicked to go there.
 * @param {GeneratorLabBinding} model
 * @param {HTMLElement} el
 */
export function directionsView(model, el) {
  const rows = h("div.xai-directions");
  const back = h(
    "button.xai-button.xai-live.xai-back",
    { onclick: () => model.set({ offsets: [] }) },
    "All back to the picture",
  );
  const title = h("h3", "Latent numbers, that which changes most first");
  const root = h("div.xai-lab-latents", { "data-export": "" }, title, rows, back);
  el.append(root);

  /** @param {number} place @param {number} offset */
  function move(place, offset) {
    const count = model.get("directions").length;
    const offsets = Array.from({ length: count }, (_, i) => model.get("offsets")[i] ?? 0);
    offsets[place] = offset;
    while (offsets.at(-1) === 0) offsets.pop();
    model.set({ offsets });
  }

  /** @param {number} place */
  function create(place) {
    const slider = h("input.xai-latent", {
      type: "range",
      min: -MOST,
      max: MOST,
      step: 0.05,
      oninput: () => move(place, slider.valueAsNumber),
    });
    const value = h("output");
    const film = h("div.xai-film-frames");
    const text = h("p.xai-label");
    for (const offset of FRAMES) {
      const canvas = h("canvas.xai-squares", { "aria-hidden": "true" });
      const frame = h(
        "button.xai-film-frame.xai-live",
        { title: `Move it by ${offset}`, onclick: () => move(place, offset) },
        canvas,
      );
      setAttribute(frame, "aria-label", `Latent ${place + 1} by ${offset}`);
      setAttribute(frame, "disabled", model.isStatic);
      film.append(frame);
    }
    setAttribute(slider, "disabled", model.isStatic);
    const name = h("strong");
    const row = h(
      "div.xai-direction",
      h("div", h("label.xai-direction-name", name, slider, value), text),
      film,
    );
    return Object.assign(row, { parts: { slider, value, film, text, name } });
  }

  model.watch(["directions", "classes"], () => {
    const directions = model.get("directions");
    root.hidden = !directions.length;
    fillList(rows, directions, create, ({ parts }, direction) => {
      parts.name.textContent = `latent ${direction.latent}`;
      parts.text.textContent = directionText(direction, model.get("classes"));
      parts.slider.setAttribute("aria-label", `Latent ${direction.latent}, in deviations`);
      paintFilm(parts.film, direction);
    });
    place();
  });
  function place() {
    const offsets = model.get("offsets");
    [...rows.children].forEach((row, i) => {
      const { slider, value } = /** @type {ReturnType<typeof create>} */ (row).parts;
      slider.value = String(offsets[i] ?? 0);
      value.textContent = (offsets[i] ?? 0).toFixed(2);
    });
    setDisabled(back, !offsets.length);
  }
  model.watch(["offsets"], place);
}

/** @param {HTMLElement} film @param {ShownDirection} direction */
function paintFilm(film, { film: frames }) {
  const [, height, width] = frames.shape;
  [...film.querySelectorAll("canvas")].forEach((canvas, i) => {
    paintPicture(canvas, pictureOf({ height, width, data: frames }, i));
    canvas.classList.toggle("xai-squares", showsSquares(canvas.clientWidth / width));
  });
}
