/** @import { Shown, ShownState } from "./shown.js" */
/** @import { ShownAttribution } from "../../schema/shared.js" */

/**
 * The maps that the page has of the class and layer that are selected, before the kernel hears of it.
 * @param {ShownState} state
 * @returns {ShownAttribution[] | undefined} one a figure
 */
function knownMaps({ layer, layer_maps, target, class_maps, original }) {
  // The map before an edit would still be that of the other class.
  const ofClass = target === null || original ? undefined : class_maps[target];
  return ofClass && ofClass[0].layer === layer ? ofClass : layer_maps[layer ?? ""];
}

/**
 * The maps of the selected layer, one a figure: those just computed, else those computed ahead, else what is there.
 * @param {ShownState} state
 * @param {Shown} last
 * @returns {{attributions: (ShownAttribution | null)[], live: boolean, waiting: boolean}}
 */
export function attributionsOf(state, last) {
  const { attribution, layer, operator, others } = state;
  const ahead = knownMaps(state);
  // What is known comes before the answer, and with another class or window is no longer what was answered last.
  const live = (attribution?.layer ?? null) === layer && (!ahead || isOneQuestion(ahead[0], attribution));
  const waiting = !live && !ahead;
  const kept = attribution && [last.main, ...last.others].map((figure) => figure.attribution);
  const now = [attribution, ...others.map((other) => other.attribution)];
  const found = (live ? now : (ahead ?? kept)) ?? [];
  const shared = operator === "join" ? (found[0] ?? null) : null;
  return { attributions: now.map((_, i) => found[i] ?? shared), live, waiting };
}

/**
 * @param {ShownAttribution} one
 * @param {ShownAttribution | null} other of the same picture
 */
const isOneQuestion = (one, other) => questionOf(one) === questionOf(other);

/** @param {ShownAttribution | null} map */
const questionOf = (map) => map && JSON.stringify([map.target, map.window, map.settings]);
