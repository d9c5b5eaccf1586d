import { isUncertain } from "../../lib/colour.js";
import { listed } from "./words.js";

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

/**
 * @param {CellMap} map
 * @param {number} at
 * @param {readonly string[]} written
 * @returns {string} what stands in a cell
 */
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
