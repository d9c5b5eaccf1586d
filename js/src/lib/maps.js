/** @import { WindowBox } from "./types.js" */
/** @import { ShownAttribution } from "../schema/shared.js" */

/**
 * A map ready to draw.
 * @typedef {object} CellMap
 * @property {Float32Array} values
 * @property {Float32Array} errors
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} rowEdges
 * @property {number[]} columnEdges
 * @property {WindowBox} window
 */

/**
 * @param {ShownAttribution | null} attribution
 * @returns {CellMap | null} null while there is nothing to draw
 */
export function cellMapOf(attribution) {
  if (!attribution) return null;
  const [rows, columns] = attribution.cells.shape;
  return {
    values: attribution.cells,
    errors: attribution.standard_error ?? new Float32Array(attribution.cells.length),
    rows,
    columns,
    rowEdges: attribution.row_edges,
    columnEdges: attribution.column_edges,
    window: attribution.window,
  };
}

/**
 * @param {CellMap} map
 * @param {number} row
 * @param {number} column
 * @returns {WindowBox} where a cell lies
 */
export function cellBox({ rowEdges, columnEdges }, row, column) {
  return [
    rowEdges[row],
    columnEdges[column],
    rowEdges[row + 1] - rowEdges[row],
    columnEdges[column + 1] - columnEdges[column],
  ];
}

/**
 * @param {CellMap} map
 * @param {{row: number, column: number}} point in pixels of the picture
 * @returns {{row: number, column: number} | null} the cell there
 */
export function cellAt(map, point) {
  const row = map.rowEdges.findIndex((edge, i) => point.row >= edge && point.row < map.rowEdges[i + 1]);
  const column = map.columnEdges.findIndex(
    (edge, i) => point.column >= edge && point.column < map.columnEdges[i + 1],
  );
  return row < 0 || column < 0 ? null : { row, column };
}

/** @param {CellMap} map @returns {string} for those who do not see it */
export function describeMap({ rows, columns, values }) {
  const strongest = values.reduce(
    (best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best),
    0,
  );
  const place = `row ${Math.floor(strongest / columns) + 1}, column ${(strongest % columns) + 1}`;
  return `map of ${rows} by ${columns} cells; the strongest, ${values[strongest]?.toPrecision(3)}, is at ${place}`;
}
