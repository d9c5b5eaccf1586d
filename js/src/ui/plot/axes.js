import { ticks } from "../../lib/ticks.js";
import { svg } from "../dom.js";
import { short } from "../../lib/numbers.js";
import { bandOf, domainOf, linearScale, pathOf } from "./scale.js";

/** @import { Line, Plot } from "./scale.js" */

const MARGINS = { left: 46, right: 18, top: 8, bottom: 20 };
/** For what an axis is called. */
const NAME = 14;
/** So many pixels of height for each number on the axis. */
const TICK_DISTANCE = 32;

/**
 * Lines with their bands over two axes.
 * @param {Plot} plot
 * @param {{width: number, height: number}} size
 */
export function drawPlot({ label, x: along, y: up, lines }, { width, height }) {
  const box = {
    left: MARGINS.left,
    right: width - MARGINS.right,
    top: MARGINS.top,
    bottom: height - MARGINS.bottom - (along.name ? NAME : 0),
  };
  const [low, high] = up.domain ?? domainOf(lines);
  const x = linearScale(along.domain, [box.left, box.right]);
  const y = linearScale([low, high], [box.bottom, box.top]);
  const element = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ...ticks(low, high, Math.round((box.bottom - box.top) / TICK_DISTANCE)).flatMap((value) => [
      svg("path", { class: "xai-grid-line", d: `M${box.left} ${y(value)}H${box.right}` }),
      svg("text", { x: box.left - 5, y: y(value) + 4, "text-anchor": "end" }, (up.format ?? short)(value)),
    ]),
    ...ticks(...along.domain, 5).flatMap((value) => [
      svg("path", { class: "xai-grid-line", d: `M${x(value)} ${box.bottom}v4` }),
      svg("text", { x: x(value), y: box.bottom + 15, "text-anchor": "middle" }, along.format(value)),
    ]),
    svg("text", { x: (box.left + box.right) / 2, y: height - 5, "text-anchor": "middle" }, along.name),
    svg(
      "text",
      { transform: `translate(10 ${(box.top + box.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" },
      up.name,
    ),
    ...lines.flatMap((line) => {
      const ends = bandOf(line);
      return ends ? svg("path", { class: `xai-band xai-${line.kind}`, d: outlineOf(line, ends, x, y) }) : [];
    }),
    ...lines.map(({ kind, dashed, ...line }) =>
      svg("path", {
        class: `xai-line xai-${kind}${dashed ? " xai-dashed" : ""}`,
        d: pathOf(line.x, line.y, x, y),
      }),
    ),
  );
  return { element, x, y, box };
}

/**
 * @param {Line} line
 * @param {readonly [low: ArrayLike<number>, high: ArrayLike<number>]} ends
 * @param {(x: number) => number} x
 * @param {(y: number) => number} y
 */
function outlineOf(line, [low, high], x, y) {
  const xs = Array.from(line.x);
  return `${pathOf([...xs, ...xs.reverse()], [...Array.from(high), ...Array.from(low).reverse()], x, y)}Z`;
}
