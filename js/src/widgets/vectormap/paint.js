import { h } from "../../ui/dom.js";
import { CHOSEN, DIMMED, USUAL } from "./colours.js";

/** @import { Colouring, Look } from "./colours.js" */
/** @import { Lens, Size } from "./scene.js" */

/** Radius of a point, in pixels of the screen; smaller where there are many. */
const RADII = [
  [1000, 4],
  [4000, 3],
  [Infinity, 2.4],
];
const OPACITY = { [DIMMED]: 0.12, [USUAL]: 0.85, [CHOSEN]: 1 };
/** Beside chosen ones. */
const OTHERS = 0.35;

/** @typedef {{places: Float32Array, colouring: Colouring, states: Uint8Array, lens: Lens, size: Size}} Scene */

/**
 * Paints points on a canvas: each look is drawn once, and copied to its points.
 * @param {HTMLCanvasElement} canvas
 */
export function createPainter(canvas) {
  const probe = h("i", { hidden: true });
  canvas.after(probe);
  let known = "";
  /** @type {HTMLCanvasElement[][]} by state and look */
  let stamps = [];

  /** @param {string} colour */
  function resolve(colour) {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  }

  /** @param {Colouring} colouring @param {number} radius @param {number} density @param {boolean} some are chosen */
  function prepare({ looks }, radius, density, some) {
    const text = resolve("var(--text)");
    const colours = looks.map(({ colour }) => resolve(colour));
    const key = [radius, density, some, text, ...colours].join();
    if (key === known) return;
    known = key;
    stamps = [DIMMED, USUAL, CHOSEN].map((state) =>
      looks.map(({ shape }, i) => {
        const opacity = some && state === USUAL ? OTHERS : OPACITY[state];
        const size = density * (state === CHOSEN ? 1.35 * radius : radius);
        return stamp(shape, size, colours[i], opacity, state === CHOSEN ? text : "");
      }),
    );
  }

  /** @param {Scene} scene */
  return function paint({ places, colouring, states, lens, size }) {
    const density = globalThis.devicePixelRatio || 1;
    const [width, height] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * density)));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const count = places.length / 2;
    if (!context || colouring.styles.length !== count) return;
    const radius = RADII.find(([most]) => count <= most)?.[1] ?? 1;
    prepare(colouring, radius, density, states.includes(CHOSEN));
    context.clearRect(0, 0, width, height);
    const scale = lens.scale * density;
    const [left, top] = [lens.left * density, lens.top * density];
    for (const state of [DIMMED, USUAL, CHOSEN]) {
      const of = stamps[state];
      for (let i = 0; i < count; i += 1) {
        if (states[i] !== state) continue;
        const image = of[colouring.styles[i]];
        const half = image.width / 2;
        const [x, y] = [left + places[2 * i] * scale - half, top - places[2 * i + 1] * scale - half];
        if (x > -image.width && y > -image.width && x < width && y < height)
          context.drawImage(image, Math.round(x), Math.round(y));
      }
    }
  };
}

/**
 * @param {Look["shape"]} shape
 * @param {number} radius
 * @param {string} colour
 * @param {number} opacity
 * @param {string} edge
 */
function stamp(shape, radius, colour, opacity, edge) {
  const side = 2 * Math.ceil(radius + 1.5);
  const canvas = h("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.translate(side / 2, side / 2);
  const path = new Path2D(pathOf(shape, radius));
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  context.fill(path);
  if (edge) {
    context.strokeStyle = edge;
    context.lineWidth = Math.max(1, radius / 4);
    context.stroke(path);
  }
  return canvas;
}

/**
 * Of one area, whatever the shape.
 * @param {Look["shape"]} shape
 * @param {number} radius
 * @returns {string} around (0, 0)
 */
export function pathOf(shape, radius) {
  const [square, diamond, triangle] = [0.886, 1.253, 1.555].map((factor) => factor * radius);
  return {
    circle: `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`,
    square: `M${-square} ${-square}H${square}V${square}H${-square}Z`,
    diamond: `M0 ${-diamond}L${diamond} 0L0 ${diamond}L${-diamond} 0Z`,
    triangle: `M0 ${-triangle}L${0.866 * triangle} ${triangle / 2}H${-0.866 * triangle}Z`,
  }[shape];
}
