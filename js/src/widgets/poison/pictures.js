import { fillList, h, oncePerFrame, setAttribute, setDisabled } from "../../ui/dom.js";
import { count } from "../../lib/numbers.js";
import { pictureOf } from "../../lib/pictures.js";
import { paintPicture } from "../../ui/paint.js";
import { marked, markOf } from "./selection.js";

/** @import { PoisonBinding } from "./types.js" */
/** @import { Mark } from "./selection.js" */

/** So many are in the page at once. */
const SHOWN = 96;
/** @type {readonly {mark: Mark, key: string, name: string}[]} */
const MARKS = [
  { mark: "poisoned", key: "p", name: "Poisoned (P)" },
  { mark: "clean", key: "c", name: "Clean (C)" },
  { mark: "", key: "u", name: "Neither (U)" },
];

/**
 * The chosen pictures; P and C mark the one in focus, the buttons all of them.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function picturesView(model, el, signal) {
  const buttons = MARKS.map(({ mark, name }) => {
    const button = h(
      "button.xai-button.xai-live",
      { title: "Mark all chosen pictures", onclick: () => take(model.get("selection"), mark) },
      name,
    );
    return button;
  });
  const grid = h("div.xai-poison-pictures", { role: "group", "aria-label": "Chosen pictures" });
  const more = h(
    "button.xai-button",
    {
      onclick: () =>
        model.setView({
          from: model.view.from + SHOWN < model.get("selection").length ? model.view.from + SHOWN : 0,
        }),
    },
    "More",
  );
  const root = h(
    "section",
    { "aria-label": "Chosen" },
    h("h3", "The chosen pictures"),
    h("div.xai-poison-marks", { role: "group", "aria-label": "Mark" }, ...buttons),
    grid,
    more,
  );
  el.append(root);

  /** @param {readonly number[]} pictures @param {Mark} mark */
  function take(pictures, mark) {
    model.set(marked({ poisoned: model.get("poisoned"), clean: model.get("clean") }, pictures, mark));
  }

  root.addEventListener("keydown", (event) => {
    const wanted = MARKS.find(({ key }) => key === event.key.toLowerCase());
    if (!wanted || event.ctrlKey || event.metaKey || event.altKey) return;
    const { picture } = event.target instanceof HTMLElement ? event.target.dataset : {};
    take(picture === undefined ? model.get("selection") : [Number(picture)], wanted.mark);
    event.preventDefault();
  });

  const create = () => {
    const button = h(
      "button.xai-selectable.xai-poison-picture",
      {
        onclick: () => {
          const picture = Number(button.dataset.picture);
          take([picture], button.dataset.mark === "poisoned" ? "" : "poisoned");
        },
      },
      h("canvas", { "aria-hidden": "true" }),
      h("span"),
    );
    return button;
  };

  /** @type {WeakMap<Element, unknown>} */
  const painted = new WeakMap();
  const draw = oncePerFrame(() => {
    const signature = model.get("signature");
    const thumbnails = model.get("thumbnails");
    const chosen = model.get("selection");
    if (signal.aborted || !signature || !thumbnails?.data.byteLength) return;
    const positions = new Map(Array.from(signature.indices, (picture, position) => [picture, position]));
    const known = chosen.filter((picture) => positions.has(picture));
    const marks = { poisoned: model.get("poisoned"), clean: model.get("clean") };
    const { from } = model.view;
    fillList(grid, known.slice(from, from + SHOWN), create, (button, picture) => {
      const position = positions.get(picture) ?? 0;
      if (button.dataset.picture !== String(picture) || painted.get(button) !== thumbnails) {
        paintPicture(
          /** @type {HTMLCanvasElement} */ (button.firstElementChild),
          pictureOf(thumbnails, position),
        );
        painted.set(button, thumbnails);
      }
      const mark = markOf(marks, picture);
      button.dataset.picture = String(picture);
      button.dataset.mark = mark;
      /** @type {HTMLElement} */ (button.lastElementChild).textContent = mark ? mark[0].toUpperCase() : "";
      const name = `picture ${picture}${mark ? `: ${mark}` : ""}`;
      button.title = `${name}; P, C or U marks it, a click as poisoned`;
      setAttribute(button, "aria-label", name);
      setAttribute(button, "aria-pressed", String(mark === "poisoned"));
    });
    for (const button of buttons) setDisabled(button, !chosen.length);
    more.hidden = known.length <= SHOWN;
    more.textContent =
      `${count(from + 1)} to ${count(Math.min(from + SHOWN, known.length))} of ` +
      `${count(known.length)}: more`;
  });
  model.watch(["selection"], () => model.setView({ from: 0 }));
  model.watchView(["from"], draw);
  model.watch(["signature", "thumbnails", "selection", "poisoned", "clean"], draw);
}
