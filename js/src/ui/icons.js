import { svg } from "./dom.js";

/** Strokes on a field of 16 by 16. */
const SHAPES = {
  erase: "M6 13h7M3.2 9.8 9 4l4 4-5 5H6z",
  blur: "M8 2.5c2.4 2.8 4 5 4 7a4 4 0 0 1-8 0c0-2 1.6-4.2 4-7z",
  copy: "M6 5.5h7v8H6zM4 10.5H3v-8h7v1",
  paste: "M5 3.5H3.5v10h9v-10H11M6 2h4v3H6zM6 9h4M6 11.2h4",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  left: "M13 8H3M7 4 3 8l4 4",
  right: "M3 8h10M9 4l4 4-4 4",
  anticlockwise: "M3 3v3.5h3.5M3.4 6.3A5.2 5.2 0 1 1 3 9.5",
  clockwise: "M13 3v3.5H9.5M12.6 6.3A5.2 5.2 0 1 0 13 9.5",
  smaller: "M7 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5.5 8h3M9.6 10.6 13 14",
  larger: "M7 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5.5 8h3M7 6.5v3M9.6 10.6 13 14",
  undo: "M6.5 3 3 6.5 6.5 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
  redo: "M9.5 3 13 6.5 9.5 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9",
  run: "M5 3.2v9.6L12.6 8z",
  pause: "M5 3.5h1.6v9H5zM9.4 3.5H11v9H9.4z",
  stop: "M4.5 4.5h7v7h-7z",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  swap: "M3 5.5h9.5M9.5 2.5l3 3-3 3M13 10.5H3.5M6.5 7.5l-3 3 3 3",
  grip: "M5 6h.01M8 6h.01M11 6h.01M5 10h.01M8 10h.01M11 10h.01",
};

/** @typedef {keyof typeof SHAPES} IconName */

/** @param {IconName} name */
export function icon(name) {
  const path = svg("path", { d: SHAPES[name] });
  return svg("svg", { viewBox: "0 0 16 16", class: "xai-icon", "aria-hidden": "true" }, path);
}
