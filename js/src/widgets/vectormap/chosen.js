import { fillList, h, setAttribute, setDisabled } from "../../ui/dom.js";
import { count } from "../../lib/numbers.js";
import { thumbnailLoader } from "../../ui/thumbnail-loader.js";
import { toldOf } from "./keys.js";
import { chosenText, pictureText } from "./text.js";

/** @import { VectorMapBinding } from "./types.js" */

/** So many are in the page at once. */
const SHOWN = 60;

/**
 * The chosen pictures, how many of each class, and what can be done with them.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function chosenView(model, el, signal) {
  const draw = thumbnailLoader(model, signal);
  /** @param {string} name @param {string} title @param {() => void} action */
  const button = (name, title, action) => {
    const element = h("button.xai-button", { title, onclick: () => action() }, name);
    return element;
  };
  const open = (/** @type {string} */ what) => () => model.command("open", { what });
  const explore = button(
    "Open in the Explorer",
    "The pictures below; map.explore() in Python",
    open("explorer"),
  );
  const join = button(
    "Join the first few",
    "What speaks for the class in all of them; map.join() in Python",
    open("join"),
  );
  const rival = button(
    "Their disagreements",
    "Those about which the rival says something else: which network is right? map.disagreements() in Python",
    open("disagreements"),
  );
  const profile = button(
    "Profile them as a class",
    "Which units their scores pass through, beside all other pictures; map.profile() in Python",
    open("profile"),
  );
  const none = button("Choose none", "", () => model.set({ selection: [] }));
  const openers = [explore, join, rival, profile];
  for (const each of openers) each.classList.add("xai-live");
  const text = h("p", { "data-export": "" });
  const grid = h("div.xai-map-pictures", { role: "group", "aria-label": "Chosen pictures" });
  const more = button("More", "", () =>
    model.setView({
      from: model.view.from + SHOWN < model.get("selection").length ? model.view.from + SHOWN : 0,
    }),
  );
  el.append(
    h(
      "section.xai-map-chosen",
      { "aria-label": "Chosen" },
      h("h3", "The chosen pictures"),
      text,
      h("div.xai-map-doings", { role: "group", "aria-label": "With the chosen" }, ...openers, none),
      grid,
      more,
    ),
  );

  function create() {
    const tile = h("button.xai-selectable", h("canvas", { "aria-hidden": "true" }));
    const point = () => model.setView({ at: Number(tile.dataset.picture) });
    for (const type of ["click", "focus", "pointerenter"]) tile.addEventListener(type, point);
    return tile;
  }
  function show() {
    const [selection, saved] = [model.get("selection"), model.get("saved")];
    const { from } = model.view;
    text.textContent = chosenText({ ...toldOf(model), selection });
    for (const each of openers) setDisabled(each, selection.length < (each === join ? 2 : 1));
    rival.hidden = !model.get("has_rival");
    none.hidden = !selection.length;
    fillList(grid, selection.slice(from, from + SHOWN), create, (tile, picture) => {
      tile.dataset.picture = String(picture);
      draw(
        /** @type {HTMLCanvasElement} */ (tile.firstElementChild),
        String(picture),
        saved[picture] ?? null,
      );
      const name = pictureText(toldOf(model), picture);
      tile.title = name;
      setAttribute(tile, "aria-label", name);
    });
    more.hidden = selection.length <= SHOWN;
    more.textContent =
      `${count(from + 1)} to ${count(Math.min(from + SHOWN, selection.length))} of ` +
      `${count(selection.length)}: more`;
  }
  model.watch(["selection"], () => model.setView({ from: 0 }));
  model.watchView(["from"], show);
  model.watch(["selection", "labels", "predicted", "classes", "saved", "has_rival"], show);
}
