import { svg } from "../../ui/dom.js";

/** @import { Frame, Lens } from "./scene.js" */
/** @import { ShownCross } from "../../schema/vectormap/output.js" */

const ARM = 6;
const RING = 8;

/**
 * What lies over the points: crosses with lines from the pictures that they are of, and where the eye is.
 * @param {Element} drawing
 */
export function createOverlay(drawing) {
  const crosses = svg("g", { class: "xai-crosses" });
  const ring = svg("circle", { class: "xai-at", r: RING });
  drawing.append(crosses, ring);

  /** @param {{places: Float32Array, at: number, frame: Frame, crosses: readonly ShownCross[], lens: Lens}} scene */
  function show({ places, at, frame, crosses: shown, lens: { scale, left, top } }) {
    const pixel = (/** @type {number} */ x, /** @type {number} */ y) => [left + x * scale, top - y * scale];
    ring.toggleAttribute("hidden", at < 0);
    if (at >= 0) {
      const [x, y] = pixel(places[2 * at], places[2 * at + 1]);
      ring.setAttribute("cx", String(x));
      ring.setAttribute("cy", String(y));
    }
    crosses.replaceChildren(
      ...shown.flatMap(({ name, x, y, of }) => {
        const [right, down] = pixel((x - frame.x) / frame.half, (y - frame.y) / frame.half);
        const cross = svg("path", {
          class: "xai-cross",
          d: `M${right - ARM} ${down - ARM}l${2 * ARM} ${2 * ARM}m0 ${-2 * ARM}l${-2 * ARM} ${2 * ARM}`,
        });
        const text = svg("text", { class: "xai-cross-name", x: right + ARM + 3, y: down + 4 }, name);
        if (of === null) return [cross, text];
        const [fromX, fromY] = pixel(places[2 * of], places[2 * of + 1]);
        return [svg("path", { class: "xai-trail", d: `M${fromX} ${fromY}L${right} ${down}` }), cross, text];
      }),
    );
  }
  return { show };
}
