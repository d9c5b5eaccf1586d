import { fillList, h, oncePerFrame, setAttribute, setDisabled } from "../../ui/dom.js";

import { imageText, MEANINGS, PART_KINDS } from "./text.js";
import { count } from "../../lib/numbers.js";
import { paintPicture } from "../../ui/paint.js";
import { CHOOSING, markChosen, selecting } from "../../ui/selecting.js";
import { pictureOf } from "../../lib/pictures.js";
import { PARTS, imagesOf } from "./cuts.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { Picture } from "../../lib/types.js" */

/** So many are in the page at once. */
const SHOWN = 120;

/**
 * The images of a part, the most suspicious first; they follow the dial.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function imagesView(model, el, signal) {
  const tabs = partTabs(model);
  const grid = h("div.xai-images", { role: "group", "aria-label": "Images" });
  const pager = createPager(model);
  const only = h("input", { type: "checkbox", onchange: () => model.setView({ from: 0 }) });
  const amount = h("span");
  const choose = () => model.set({ selection: shown().sort((a, b) => a - b) });
  const all = h("button.xai-button", { onclick: choose }, "Choose all of these");
  const onlyLabel = h("label.xai-check", only, amount);
  const choosing = h("div.xai-pager", all, onlyLabel);
  el.append(h("h3", "The images, the most suspicious first"), tabs, grid, pager.root, choosing);
  selecting(model, grid, signal, ({ dataset }) => Number(dataset.image));
  /** @type {WeakMap<Element, Picture>} what each button shows; the picture of the thumbnails it is cut from */
  const painted = new WeakMap();

  function create() {
    const button = h(
      "button.xai-selectable.xai-image",
      { onclick: () => model.set({ picked: Number(button.dataset.image) }) },
      h("canvas", { "aria-hidden": "true" }),
    );
    return button;
  }

  /** @param {HTMLElement} button @param {number} image */
  function fill(button, image) {
    const thumbnails = /** @type {Picture} */ (model.get("thumbnails"));
    if (button.dataset.image !== String(image) || painted.get(button) !== thumbnails) {
      paintPicture(/** @type {HTMLCanvasElement} */ (button.firstElementChild), pictureOf(thumbnails, image));
      painted.set(button, thumbnails);
      button.dataset.image = String(image);
    }
    const { sample } = model.view;
    const name = sample ? imageText(sample, model.get("classes"), image) : "";
    const title = name && `${name}; ${CHOOSING}`;
    if (button.title !== title) button.title = title;
    markChosen(button, model.get("selection").includes(image));
    setAttribute(button, "aria-label", name);
    setAttribute(button, "aria-pressed", String(image === model.get("picked")));
  }

  function shown() {
    const { cut, sample } = model.view;
    const images = cut && sample ? imagesOf(cut, sample.wrong, model.get("part")) : [];
    const chosen = new Set(model.get("selection"));
    return only.checked && chosen.size ? images.filter((image) => chosen.has(image)) : images;
  }

  const draw = oncePerFrame(() => {
    const { cut, sample } = model.view;
    if (signal.aborted || !cut || !sample || !model.get("thumbnails")?.data.byteLength) return;
    const images = shown();
    const from = Math.min(model.view.from, Math.floor(Math.max(0, images.length - 1) / SHOWN) * SHOWN);
    fillList(grid, images.slice(from, from + SHOWN), create, fill);
    pager.show(from, images.length);
    const chosen = model.get("selection").length;
    onlyLabel.hidden = !chosen;
    amount.textContent = `Only the ${count(chosen)} chosen`;
    setDisabled(all, !images.length);
  });
  model.watchView(["cut", "from"], draw);
  model.watch(["part"], () => model.setView({ from: 0 }));
  model.watch(["picked", "thumbnails", "classes", "selection"], draw);
}

/** @param {DetectorBinding} model */
function partTabs(model) {
  const buttons = new Map(
    PARTS.map((part) => {
      const button = h(
        `button.xai-part.${PART_KINDS[part]}`,
        { title: MEANINGS[part], onclick: () => model.set({ part }) },
        h("span"),
        h("span"),
      );
      return /** @type {const} */ ([part, button]);
    }),
  );
  function draw() {
    for (const [part, button] of buttons) {
      button.children[0].textContent = `${part} `;
      button.children[1].textContent = count(model.view.cut?.parts[part] ?? 0);
      setAttribute(button, "aria-pressed", String(part === model.get("part")));
    }
  }
  model.watchView(["cut"], draw);
  model.watch(["part"], draw);
  return h("div.xai-parts", { role: "group", "aria-label": "Part" }, ...buttons.values());
}

/** @param {DetectorBinding} model */
function createPager(model) {
  /** @param {number} step */
  const turn = (step) => ({ onclick: () => model.setView({ from: shown + step }) });
  const back = h("button.xai-button", turn(-SHOWN), "Back");
  const more = h("button.xai-button", turn(SHOWN), "More");
  const text = h("span.xai-label");
  const root = h("div.xai-pager", back, more, text);
  let shown = 0;
  /** @param {number} from @param {number} all */
  function show(from, all) {
    shown = from;
    const to = Math.min(all, from + SHOWN);
    text.textContent = all ? `${count(from + 1)} to ${count(to)} of ${count(all)}` : "none at this threshold";
    back.hidden = more.hidden = all <= SHOWN;
    setDisabled(back, from === 0);
    setDisabled(more, to === all);
  }
  return { root, show };
}
