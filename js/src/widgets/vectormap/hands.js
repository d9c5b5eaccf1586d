import { h, setAttribute } from "../../ui/dom.js";
import { moved, WHOLE, zoomed } from "./scene.js";

/** @import { Size } from "./scene.js" */
/** @import { VectorMapBinding } from "./types.js" */

/** Of one press of a button or key. */
export const STEP = 1.5;
/** Of a pixel that a wheel has turned. */
const WHEEL = 1.002;
/** Pixels that a click may slip. */
const SLIP = 4;

/**
 * What a drag does, and zoom.
 * @param {VectorMapBinding} model
 */
export function toolbar(model) {
  /** @param {string} name @param {string} title @param {() => void} action */
  const button = (name, title, action) => h("button.xai-button", { title, onclick: action }, name);
  const hands = /** @type {const} */ ([
    [
      "lasso",
      "Lasso",
      "A drag draws around pictures; with Ctrl it adds to the chosen, with Shift it moves the map",
    ],
    ["move", "Move", "A drag moves the map"],
  ]);
  const tools = hands.map(([hand, name, title]) => button(name, title, () => model.setView({ hand })));
  model.watchView(["hand"], () =>
    tools.forEach((tool, i) => setAttribute(tool, "aria-pressed", String(model.view.hand === hands[i][0]))),
  );
  const middle = { width: 2, height: 2 };
  const by = (/** @type {number} */ factor) => () =>
    model.setView({ camera: zoomed(model.view.camera, factor, middle, { x: 1, y: 1 }) });
  const whole = button("All", "The whole map (key 0)", () => model.setView({ camera: WHOLE }));
  model.watchView(["camera"], () =>
    setAttribute(whole, "aria-disabled", model.view.camera.zoom === 1 || null),
  );
  return h(
    "div.xai-map-tools",
    { role: "toolbar", "aria-label": "Map" },
    ...tools,
    button("−", "Smaller (key -)", by(1 / STEP)),
    button("+", "Larger (key +, or Ctrl and the wheel)", by(STEP)),
    whole,
  );
}

/**
 * Pointing at points, clicking them, moving the map, and the wheel.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} holder
 * @param {{size: () => Size, under: (event: MouseEvent) => number, choose: (pictures: number[], more:
 *   boolean) => void}} map
 */
export function addHands(model, holder, { size, under, choose }) {
  /** @type {{x: number, y: number, moves: boolean} | null} where the button went down */
  let pressed = null;
  let last = { x: 0, y: 0 };
  const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
    holder.addEventListener(type, listener, { passive: false });

  on("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (event.button) return;
    last = { x: event.clientX, y: event.clientY };
    pressed = { ...last, moves: model.view.hand === "move" || event.shiftKey };
    if (pressed.moves) holder.setPointerCapture(event.pointerId);
  });
  on("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!pressed) return model.setView({ at: under(event) });
    if (!pressed.moves) return undefined;
    const [right, down] = [event.clientX - last.x, event.clientY - last.y];
    last = { x: event.clientX, y: event.clientY };
    return model.setView({ camera: moved(model.view.camera, size(), right, down) });
  });
  on("pointerup", (/** @type {PointerEvent} */ event) => {
    const still = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLIP;
    pressed = null;
    const point = still ? under(event) : -1;
    if (point >= 0) toggle(model, point, event.ctrlKey || event.metaKey || event.shiftKey, choose);
  });
  on("pointercancel", () => (pressed = null));
  on("pointerleave", () => pressed || model.setView({ at: -1 }));
  on("wheel", (/** @type {WheelEvent} */ event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const { left, top } = holder.getBoundingClientRect();
    const point = { x: event.clientX - left, y: event.clientY - top };
    model.setView({ camera: zoomed(model.view.camera, WHEEL ** -event.deltaY, size(), point) });
  });
}

/**
 * Chooses a picture alone, or takes it to the chosen or away from them.
 * @param {VectorMapBinding} model
 * @param {number} picture
 * @param {boolean} more
 * @param {(pictures: number[], more: boolean) => void} choose
 */
export function toggle(model, picture, more, choose) {
  const selection = model.get("selection");
  if (more && selection.includes(picture))
    choose(
      selection.filter((each) => each !== picture),
      false,
    );
  else choose([picture], more);
}
