import { svg } from "./dom.js";

/** @import { Polygon } from "../lib/polygon.js" */

/**
 * A line drawn around things by a drag. A click is no lasso.
 * @param {HTMLElement} holder where it is drawn, from its upper left corner on
 * @param {(event: PointerEvent) => boolean} begins whether a press begins one
 * @param {(polygon: Polygon, event: PointerEvent) => void} onDrawn
 * @returns the path that shows it, for a drawing that covers the holder
 */
export function createLasso(holder, begins, onDrawn) {
  const path = svg("path", { class: "xai-lasso" });
  /** @type {[number, number][] | null} */
  let polygon = null;

  /** @param {PointerEvent} event */
  function extend(event) {
    const { left, top } = holder.getBoundingClientRect();
    polygon?.push([event.clientX - left, event.clientY - top]);
    path.setAttribute("d", `M${polygon?.map((point) => point.join(" ")).join("L")}Z`);
  }
  /** @param {PointerEvent} event */
  function begin(event) {
    if (event.button || !begins(event)) return;
    holder.setPointerCapture(event.pointerId);
    event.preventDefault();
    polygon = [];
    extend(event);
  }
  /** @param {PointerEvent} event */
  function end(event) {
    const drawn = polygon;
    polygon = null;
    path.removeAttribute("d");
    if (event.type === "pointerup" && drawn && drawn.length > 2) onDrawn(drawn, event);
  }
  holder.addEventListener("pointerdown", begin);
  holder.addEventListener("pointermove", (event) => void (polygon && extend(event)));
  holder.addEventListener("pointerup", end);
  holder.addEventListener("pointercancel", end);
  return path;
}
