import { automaticRange } from "../../lib/colour.js";
import { cellMapOf } from "../../lib/maps.js";
import { plainSource } from "./words.js";
import { attributionsOf } from "./known-maps.js";

/** @import { Picture } from "../../lib/types.js" */
/** @import { ShownReadings } from "../../schema/explorer/output.js" */
/** @import { ExplorerState } from "../../schema/explorer/state.js" */
/** @import { Ranking, ShownAttribution } from "../../schema/shared.js" */
/** @import { ExplorerBinding, Reading } from "./types.js" */
/** @import { CellMap } from "../../lib/maps.js" */

/**
 * @typedef {object} ShownFigure
 * @property {string} title
 * @property {string} label
 * @property {Picture | null} picture
 * @property {Ranking | null} prediction
 * @property {ShownAttribution | null} attribution
 * @property {CellMap | null} map
 * @property {number | null} range at full colour where its colours are its own: numbers of another method
 *   mean something else
 *
 * @typedef {object} Shown what the figures show, which the kernel may not know yet
 * @property {ShownFigure} main
 * @property {ShownFigure | null} before the unedited picture
 * @property {ShownFigure[]} others
 * @property {Reading} reading the one that is drawn
 * @property {ShownReadings | null} readings those of the map that is drawn
 * @property {number} range at full colour when nobody has set one; all maps share it
 * @property {boolean} waiting the map of the selected layer is still to come
 */

/** What the figures are made of. */
export const TRAITS = /** @type {const} */ ([
  "picture",
  "original",
  "prediction",
  "prediction_before",
  "attribution",
  "attribution_before",
  "pictures",
  "index",
  "layer",
  "layer_maps",
  "target",
  "class_maps",
  "operator",
  "others",
  "reading",
  "readings",
]);

/** @typedef {Pick<ExplorerState, typeof TRAITS[number]>} ShownState */

/** @type {ShownFigure} */
const NO_FIGURE = {
  title: "",
  label: "",
  picture: null,
  prediction: null,
  attribution: null,
  map: null,
  range: null,
};
/** @type {Shown} */
export const NOTHING_SHOWN = {
  main: NO_FIGURE,
  before: null,
  others: [],
  reading: "shapley",
  readings: null,
  range: 1,
  waiting: false,
};

/**
 * The colour range in force: set by hand, or that of the maps shown.
 * @param {ExplorerBinding} model
 */
export const colourRange = (model) => model.get("color_range") ?? model.view.shown.range;

/**
 * Whether the map that is shown answers what is asked: class, window and settings, whatever the kernel knows of them.
 * @param {ExplorerBinding} model
 */
export function isAnswered(model) {
  const { attribution, picture } = model.view.shown.main;
  const asked = model.get("trail").at(-1) ?? [0, 0, picture?.height, picture?.width];
  const target = model.get("target") ?? model.get("prediction")?.target?.index;
  if (!attribution || attribution.target !== target) return false;
  const settings = Object.entries(attribution.settings ?? {});
  return (
    attribution.window.every((value, i) => value === asked[i]) &&
    settings.every(([name, value]) => model.get(/** @type {any} */ (name)) === value)
  );
}

/**
 * @param {ShownState} state
 * @param {Shown} last what stays on screen while the map of a layer is waited for
 * @returns {Shown}
 */
export function shownOf(state, last) {
  const { original, others, pictures, index } = state;
  const joined = state.operator === "join";
  const { attributions, live, waiting } = attributionsOf(state, last);
  const [attribution] = attributions;
  const readings = live ? state.readings : null;
  const plain = cellMapOf(attribution);
  const read = readingOf(state.reading, readings, plain);
  const title = original ? "after" : (pictures[index]?.name ?? "");
  const second = others.some(({ separate_colors }) => separate_colors);
  const label = second && attribution ? `${title}: ${attribution.explainer}` : "";
  const main = {
    ...NO_FIGURE,
    title,
    label,
    picture: state.picture,
    prediction: state.prediction,
    attribution,
    map: read ?? plain,
  };
  const before = original && {
    ...NO_FIGURE,
    title: "before",
    picture: original,
    prediction: state.prediction_before,
    attribution: state.attribution_before,
    map: read ? null : cellMapOf(state.attribution_before),
  };
  const more = others.map(({ name, label, picture, prediction, separate_colors }, i) => {
    const own = attributions[i + 1];
    const map = joined ? main.map : read && !separate_colors ? null : cellMapOf(own);
    const range = separate_colors && map ? automaticRange([map.values]) : null;
    return { title: name, label: plainSource(label), picture, prediction, attribution: own, map, range };
  });
  const maps = [main, before, ...more].flatMap((figure) =>
    figure?.map && figure.range === null ? [figure.map.values] : [],
  );
  return {
    main,
    before,
    others: more,
    reading: read ? state.reading : "shapley",
    readings,
    range: automaticRange(maps),
    waiting,
  };
}

/**
 * @param {Reading} reading
 * @param {ShownReadings | null} readings
 * @param {CellMap | null} map of Shapley values, whose cells the reading has
 * @returns {CellMap | null}
 */
function readingOf(reading, readings, map) {
  if (reading === "shapley" || !readings || !map) return null;
  const values = readings[reading].cells;
  return values.length === map.values.length
    ? { ...map, values, errors: new Float32Array(values.length) }
    : null;
}
