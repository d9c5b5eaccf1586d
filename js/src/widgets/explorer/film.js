import { h } from "../../ui/dom.js";
import { createFilmstrip } from "../../ui/filmstrip.js";
import { FILM_ORDERS, filmOrder } from "../../lib/film-order.js";
import { percent } from "../../lib/numbers.js";
import { CHOOSING, markChosen, selecting } from "../../ui/selecting.js";

/** @import { FilmOrder } from "../../lib/film-order.js" */
/** @import { ExplorerBinding } from "./types.js" */

/**
 * The pictures, and under each what the network says of it, where it has been asked; by that they can be put in order.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function filmView(model, el, signal) {
  const options = FILM_ORDERS.map(([value, text]) => h("option", { value }, text));
  const title = "in which order the pictures stand; the network is asked about all of them";
  const choice = h(
    "select.xai-film-order.xai-live",
    {
      "aria-label": "Order of the pictures",
      title,
      onchange: () => {
        show();
        if (!["given", "chosen"].includes(choice.value)) model.command("predict");
      },
    },
    ...options,
  );
  const place = h("div", choice);
  el.append(place);
  const { root, arrange } = createFilmstrip(model, el, signal);
  let order = /** @type {readonly number[]} */ ([]);
  selecting(model, root, signal, (button) => order[[...root.children].indexOf(button)]);

  function show() {
    const [pictures, predictions] = [model.get("pictures"), model.get("predictions")];
    const selection = model.get("selection");
    order = filmOrder(pictures, predictions, /** @type {FilmOrder} */ (choice.value), selection);
    place.hidden = pictures.length < 3;
    arrange(order);
    mark();
    [...root.children].forEach((button, place) =>
      say(/** @type {HTMLElement} */ (button), pictures[order[place]].name),
    );
  }

  function mark() {
    const chosen = new Set(model.get("selection"));
    [...root.children].forEach((button, place) => markChosen(button, chosen.has(order[place])));
  }

  /** @param {HTMLElement} button @param {string} name */
  function say(button, name) {
    const score = model.get("predictions")[name];
    let text = /** @type {HTMLElement | null} */ (button.querySelector(".xai-film-says"));
    if (!score) return void text?.remove();
    if (!text) {
      text = h("small.xai-film-says");
      button.lastElementChild?.before(text);
    }
    text.textContent = `${score.label} ${percent(score.probability, 0).replace(" ", "\u00a0")}`;
    button.title = `${name}: ${text.textContent}; ${CHOOSING}`;
  }

  model.watch(["pictures", "predictions"], show);
  model.watch(["selection"], () => (choice.value === "chosen" ? show() : mark()));
}
