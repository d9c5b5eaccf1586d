import { isUncertain } from "../../lib/colour.js";
import { percent } from "../../lib/numbers.js";

/** @import { CellMap } from "../../lib/maps.js" */

/** A cell is told of if it counts for at least this share of the strongest. */
const TOLD = 0.5;
const PLACES = [
  ["upper left", "top", "upper right"],
  ["left", "centre", "right"],
  ["lower left", "bottom", "lower right"],
];
/** Places that are named; more would be a list to read, and no answer. */
const NAMED = 3;
const CORNERS = [PLACES[0][0], PLACES[0][2], PLACES[2][0], PLACES[2][2]];

/**
 * The answer of a map in one sentence: where its strongest certain cells are.
 * @param {CellMap | null} map
 * @param {boolean} inWindow whether the places are those of a window
 * @param {boolean} [isAttention] whether it says where attention goes, which speaks for nothing
 * @param {readonly string[]} [written] of a sentence its words, one for each column
 */
export function answerOf(map, inWindow, isAttention = false, written = []) {
  if (!map) return "";
  const certain = [...map.values.keys()].filter(
    (i) => map.values[i] !== 0 && !isUncertain(map.values[i], map.errors[i]),
  );
  if (!certain.length)
    return map.values.some((value) => value !== 0) ? "Not yet certain." : "No part makes a difference.";
  const strongest = Math.max(...certain.map((i) => Math.abs(map.values[i])));
  const told = certain
    .filter((i) => Math.abs(map.values[i]) >= TOLD * strongest)
    .sort((a, b) => Math.abs(map.values[b]) - Math.abs(map.values[a]));
  /** @type {Map<string, number>} by place, its strongest value: none may speak for and against */
  const voices = new Map();
  for (const i of told) {
    const place = written.length ? wordsOf(map, i, written) : placeOf(map, i);
    if (!voices.has(place)) voices.set(place, map.values[i]);
  }
  const places = [...voices.keys()];
  if (isAttention)
    return (
      `Most attention goes to ${listed(places.slice(0, NAMED).map(named))}; ` + `attention is not importance.`
    );
  const parts = [
    clause(
      places.filter((place) => Number(voices.get(place)) > 0),
      "for",
    ),
    clause(
      places.filter((place) => Number(voices.get(place)) < 0),
      "against",
    ),
  ];
  const sentence = `${parts.filter(Boolean).join("; ")}.`;
  return inWindow ? `In the window, ${sentence}` : sentence[0].toUpperCase() + sentence.slice(1);
}

/** @param {CellMap} map @param {number} at @param {readonly string[]} written @returns {string} what stands in a cell */
const wordsOf = ({ columnEdges, columns }, at, written) =>
  `“${written.slice(columnEdges[at % columns], columnEdges[(at % columns) + 1]).join(" ")}”`;

/** @param {string} place a word is called as it is */
const named = (place) => (place.startsWith("“") ? place : `the ${place}`);

/** @param {CellMap} map @param {number} at @returns {string} which ninth of the window the middle of a cell is in */
function placeOf({ rowEdges, columnEdges, columns, window: [top, left, height, width] }, at) {
  const [row, column] = [Math.floor(at / columns), at % columns];
  /** @param {number[]} edges @param {number} i @param {number} start @param {number} size */
  const third = (edges, i, start, size) =>
    Math.min(2, Math.floor((3 * ((edges[i] + edges[i + 1]) / 2 - start)) / size));
  return PLACES[third(rowEdges, row, top, height)][third(columnEdges, column, left, width)];
}

/** @param {string[]} places the strongest first @param {"for" | "against"} side */
function clause(places, side) {
  if (!places.length) return "";
  const corners = places.filter((place) => CORNERS.includes(place));
  const many = corners.length === 4 ? "all four corners" : "three corners";
  const others = corners.length < 3 ? places : places.filter((place) => !corners.includes(place));
  const names = [...(corners.length < 3 ? [] : [many]), ...others.map(named)].slice(0, NAMED);
  return `${listed(names)} ${places.length > 1 ? "speak" : "speaks"} ${side} it`;
}

/** @param {string[]} names @returns {string} "a, b and c" */
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * What is asked besides the class.
 * @param {{network: string, layer: string | null, operator: string, partners: readonly string[]}} question
 */
export function asideOf({ network, layer, operator, partners }) {
  const at = (network && `, under ${network}`) + (layer === null ? "" : `, at layer ${layer}`);
  if (!operator) return at;
  return (
    `${at}, and what ${operator === "join" ? "does it share with" : "tells it from"} ` +
    `${listed(partners.map(plainSource))}`
  );
}

/** @param {string} output @returns {string} the network's output in plain words */
export const plainOutput = (output) => (output === "logit" ? "score" : output);

const EDITS = { erase: "hidden", blur: "blurred", paste: "pasted", noise: "noise", brighten: "brighter by" };
const ATTACKS = { pgd: "PGD", fgsm: "FGSM", lbfgs: "L-BFGS", pixel: "one pixel", adv2: "ADV2" };

/**
 * @param {string} edit as a query has it
 * @param {readonly string[]} [classes] by which an attack's target is called
 * @returns {string} in words: "hidden: 113×91 pixels", "rotated by 15°"
 */
export function plainEdit(edit, classes = []) {
  const [operation, ...rest] = edit.split(" ");
  const [first, second] = rest.map(Number);
  if (/^attack(_|$)/.test(operation)) return plainAttack(rest.join(" "), classes);
  switch (operation) {
    case "shift":
      return `shifted${way(first, "up", "down")}${way(second, "to the left", "to the right")}`;
    case "rotate":
      return `rotated by ${Math.abs(first)}°${first < 0 ? " clockwise" : ""}`;
    case "scale":
      return `scaled to ${percent(first, 0)}`;
  }
  return [EDITS[/** @type {keyof typeof EDITS} */ (operation)] ?? operation, plainWindows(rest.join(" "))]
    .filter(Boolean)
    .join(": ");
}

/** @param {string} text */
const plainWindows = (text) =>
  text.replace(
    /\[(\d+):(\d+), (\d+):(\d+)\]/g,
    (_, top, bottom, left, right) => `${bottom - top}×${right - left} pixels`,
  );

/**
 * @param {number} pixels
 * @param {string} back
 * @param {string} forth
 */
const way = (pixels, back, forth) =>
  pixels ? ` ${Math.abs(pixels)} pixel${Math.abs(pixels) > 1 ? "s" : ""} ${pixels < 0 ? back : forth}` : "";

/**
 * @param {string} settings as the edits have them, or as a query: "method pgd", `method="pgd"`
 * @param {readonly string[]} classes
 */
function plainAttack(settings, classes) {
  const inside = /window[ =](\[[^\]]*\])/.exec(settings)?.[1];
  const rest = settings.replaceAll("=", " ").replaceAll('"', "").split(" ");
  /** @param {string} name */
  const of = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
  const [method, size, target] = ["method", "size", "target"].map(of);
  const called = ATTACKS[/** @type {keyof typeof ATTACKS} */ (method)] ?? method;
  return [
    called ? `attacked (${called})` : "attacked",
    size && method !== "pixel" && `by up to ${Number((100 * Number(size)).toFixed(1))} %`,
    inside && `in ${plainWindows(inside)}`,
    target && `to be ${classes[Number(target)] ?? `class ${target}`}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {string} source as a query has it
 * @returns {string} the picture, and what was done to it: "x2, rotated: 15"
 */
export function plainSource(source) {
  const [, edit, inner, after] = /^(\w+)\((.*)\)([^()]*)$/.exec(source) ?? [];
  if (!edit) return source;
  let depth = 0;
  const comma = [...inner].findIndex((sign) => {
    depth += Number("([".includes(sign)) - Number(")]".includes(sign));
    return sign === "," && !depth;
  });
  const end = comma < 0 ? inner.length : comma;
  const details = inner.slice(end + 1).replace(/, (?![^[]*\])/g, " ");
  return `${plainSource(inner.slice(0, end))}, ${plainEdit(edit + details)}${after}`;
}

/** @param {string} text of a method, maybe with settings */
export const nameOf = (text) => text.split("(")[0];

/** @param {string} rule of a tree, with its cells as the kernel writes them @returns {string} */
export const plainRule = (rule) =>
  rule.replace(
    /r(\d+)c(\d+) (present|absent)/g,
    (_, row, column, state) => `row ${row}, column ${column} ${state === "present" ? "shown" : "hidden"}`,
  );

/** @param {string} question @returns {string} the name of a file for it: "why-tiger-cat" */
export const fileName = (question) =>
  question
    .toLowerCase()
    .replace(/\([^)]*\)/g, "")
    .match(/[\p{L}\p{N}]+/gu)
    ?.join("-") ?? "report";
