import { automaticRange } from "./colour.js";
import { cellMapOf } from "./maps.js";

/** @import { Picture } from "./types.js" */
/** @import { ExplorerState, Ranking, ShownAttribution, ShownReadings } from "./schema.js" */
/** @import { ExplorerBinding, Reading } from "./explorer-types.js" */
/** @import { CellMap } from "./maps.js" */

/**
 * @typedef {object} ShownFigure
 * @property {string} title
 * @property {string} label
 * @property {Picture | null} picture
 * @property {Ranking | null} prediction
 * @property {ShownAttribution | null} attribution
 * @property {CellMap | null} map
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

const TRAITS = /** @type {const} */ ([
  "picture", "original", "prediction", "prediction_before", "attribution", "attribution_before", "pictures", "index",
  "layer", "layer_maps", "operator", "others", "reading", "readings",
]);

/** @typedef {Pick<ExplorerState, typeof TRAITS[number]>} ShownState */

/** @type {ShownFigure} */
const NO_FIGURE = { title: "", label: "", picture: null, prediction: null, attribution: null, map: null };
/** @type {Shown} */
export const NOTHING_SHOWN = { main: NO_FIGURE, before: null, others: [], reading: "shapley", readings: null, range: 1, waiting: false };

/**
 * Keeps `shown` in the view's state; views watch that.
 * @param {ExplorerBinding} model
 */
export function followShown(model) {
  let last = /** @type {ShownState | null} */ (null);
  model.watch([...TRAITS], () => {
    const state = /** @type {ShownState} */ (Object.fromEntries(TRAITS.map((name) => [name, model.get(name)])));
    // One message may change several traits, and each is told of.
    if (TRAITS.every((name) => last?.[name] === state[name])) return;
    last = state;
    model.setView({ shown: shownOf(state, model.view.shown) });
  });
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
  const main = { ...NO_FIGURE, title, picture: state.picture, prediction: state.prediction, attribution, map: read ?? plain };
  const before = original && {
    ...NO_FIGURE, title: "before", picture: original, prediction: state.prediction_before,
    attribution: state.attribution_before, map: read ? null : cellMapOf(state.attribution_before),
  };
  const more = others.map(({ name, label, picture, prediction }, i) => {
    const own = attributions[i + 1];
    const map = joined ? main.map : read ? null : cellMapOf(own);
    return { title: name, label, picture, prediction, attribution: own, map };
  });
  const maps = [main, before, ...more].flatMap((figure) => figure?.map?.values ?? []);
  return { main, before, others: more, reading: read ? state.reading : "shapley", readings, range: automaticRange(maps), waiting };
}

/**
 * The maps of the selected layer, one a figure: those just computed, else those computed ahead, else what is there.
 * @param {ShownState} state
 * @param {Shown} last
 * @returns {{attributions: (ShownAttribution | null)[], live: boolean, waiting: boolean}}
 */
function attributionsOf({ attribution, layer, layer_maps, operator, others }, last) {
  const live = (attribution?.layer ?? null) === layer;
  const ahead = layer_maps[layer ?? ""];
  const waiting = !live && !ahead;
  const kept = attribution && [last.main, ...last.others].map((figure) => figure.attribution);
  const now = [attribution, ...others.map((other) => other.attribution)];
  const found = (live ? now : (ahead ?? kept)) ?? [];
  const shared = operator === "join" ? (found[0] ?? null) : null;
  return { attributions: now.map((_, i) => found[i] ?? shared), live, waiting };
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
  return values.length === map.values.length ? { ...map, values, errors: new Float32Array(values.length) } : null;
}
