import { count, percent, short } from "../../lib/numbers.js";

/** @import {
 *   ShownConcept, ShownDissection, ShownFavourites, ShownMaximised, ShownConceptMove, ShownProfile,
 *   ShownSpecific, WatchedPrediction
 * } from "../../schema/neuron/output.js" */

/**
 * What the favourites of a unit are seen as, the commonest first.
 * @param {readonly string[]} labels
 */
export function favouriteText(labels) {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [[label, most]] = [...counts].sort(([, a], [, b]) => b - a);
  const seen = `“${label}” in ${most === labels.length ? `all ${most}` : `${most} of ${labels.length}`}`;
  return `The network sees ${seen} of its favourites.`;
}

/**
 * @param {object} known
 * @param {{values: ArrayLike<number>} | null} known.units
 * @param {Pick<ShownFavourites, "labels"> | null} known.favourites
 * @param {string} known.layer
 * @param {number} known.unit
 * @param {number} known.count
 */
export function answerText({ units, favourites, layer, unit, count: pictures }) {
  if (!units || !favourites) return "No picture has been looked at yet.";
  const where = `Unit ${unit} of ${count(units.values.length)} in layer ${layer}, among ${count(pictures)} pictures.`;
  return `${where} ${favouriteText(favourites.labels)}`;
}

/**
 * What silencing does to one picture, and to how many others.
 * @param {Pick<WatchedPrediction, "before" | "after" | "changed">} watched
 * @param {number} pictures
 * @param {number} silenced
 */
export function watchedText({ before, after, changed }, pictures, silenced) {
  const [first] = before;
  if (!after || changed === null) return `Seen as “${first.label}” (${percent(first.probability)}).`;
  const now = after.reduce((best, each) => (each.logit > best.logit ? each : best));
  const units = silenced === 1 ? "the unit" : `${count(silenced)} units`;
  const same = now.index === first.index ? "still" : "now";
  const others = `${count(changed)} of ${count(pictures)} pictures ${changed === 1 ? "is" : "are"} seen otherwise`;
  return `Without ${units} ${same} seen as “${now.label}” (${percent(now.probability)}); ${others}.`;
}

/** @param {Omit<ShownMaximised, "picture">} made */
export function maximisedText({ by_generator: byGenerator, value, label, judged }) {
  const how = byGenerator ? "Drawn by the generator" : "Pixel by pixel";
  const judge = judged === null ? "" : `, by the judge as “${judged}”`;
  return `${how}: answer ${short(value)}, seen as “${label}”${judge}.`;
}

/** @param {Omit<ShownConcept, "sensitivity" | "random_sensitivities">} concept */
export function conceptText({ examples, label, accuracy, slope, random_slopes: random, verdict }) {
  const apart =
    `A straight line tells the ${count(examples)} examples from the others in ` +
    `${percent(accuracy.value)} of held-out pictures (${percent(accuracy.low)} to ` +
    `${percent(accuracy.high)}, half by chance).`;
  const [low, high] = [Math.min(...random), Math.max(...random)];
  const along =
    `Along it the score of “${label}” rises by ${short(slope.value)} (${short(slope.low)} to ` +
    `${short(slope.high)}); along ${count(random.length)} lines between random halves of the others by ` +
    `${short(low)} to ${short(high)}.`;
  const said = verdict.startsWith("no verdict") ? "No verdict." : "More than along any of them.";
  return `${apart} ${along} ${said}`;
}

/**
 * What the network says of the moved picture at a step.
 * @param {Pick<ShownConceptMove, "label" | "logits" | "probabilities">} moved
 * @param {number} step
 * @param {readonly string[]} classes
 */
export function stepText({ label, logits, probabilities }, step, classes) {
  const count = probabilities.shape[1];
  const row = Array.from(probabilities.subarray(step * count, (step + 1) * count));
  const best = row.indexOf(Math.max(...row));
  const seen = `seen as “${classes[best]}” (${percent(row[best])})`;
  if (!step) return `As the generator draws it: ${seen}; score of “${label}” ${short(logits[0])}.`;
  const rise = logits[step] - logits[0];
  const change = rise < 0 ? `${short(-rise)} less` : `${short(rise)} more`;
  return `Step ${step}: ${seen}; score of “${label}” ${short(logits[step])}, ${change} than at first.`;
}

/** @param {Pick<ShownConceptMove, "label" | "logits" | "random_logits" | "judged" | "is_beyond">} moved */
export function moveText({ label, logits, random_logits: random, judged, is_beyond: isBeyond }) {
  const [ways, length] = random.shape;
  const rises = Array.from(
    { length: ways },
    (_, way) => random[(way + 1) * length - 1] - random[way * length],
  );
  const rise = logits[logits.length - 1] - logits[0];
  const beside = `${short(Math.min(...rises))} to ${short(Math.max(...rises))}`;
  const judge = judged === null ? "" : ` At the end the judge sees “${judged}”.`;
  const said = isBeyond ? "That is beyond all of them, for this picture." : "No verdict: they do as much.";
  return (
    `At the end the score of “${label}” has changed by ${short(rise)}; along ${count(ways)} random directions, ` +
    `in as many steps, by ${beside}. ${said}${judge}`
  );
}

/** @param {ArrayLike<number>} values */
export function medianOf(values) {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The units that cover it best. @param {ArrayLike<number>} iou @param {number} most */
export const mostCovering = (iou, most) =>
  Array.from(iou, (value, unit) => ({ value, unit }))
    .sort((a, b) => b.value - a.value || a.unit - b.unit)
    .slice(0, most)
    .map(({ unit }) => unit);

/** @param {ShownDissection} dissection */
export function dissectionText({ unit, pictures, quantile, iou, estimate, chance, best }) {
  const where =
    `Painted on ${count(pictures)} ${pictures === 1 ? "picture" : "pictures"}; bars: how much of what is ` +
    `painted or active is both (intersection over union), active being the ${percent(quantile)} of places ` +
    `where a unit answers most.`;
  const isKnown = Number.isFinite(estimate.low) && estimate.low !== null && chance !== null;
  const told = isKnown
    ? estimate.low > /** @type {number} */ (chance)
      ? `Unit ${unit} covers it more than it covers the masks of other pictures.`
      : `No verdict: unit ${unit} covers the masks of other pictures as well.`
    : "No verdict from fewer than six pictures.";
  const chosen =
    best === unit && iou.length > 1
      ? ` It is the best of ${count(iou.length)}: a unit that was chosen so looks better than it is.`
      : "";
  return `${where} ${told}${chosen}`;
}

/** @param {Pick<ShownProfile, "unit" | "pictures">} profile */
export const profileText = ({ unit, pictures }) =>
  `Mean conductance of unit ${unit}, in units of the score, in the pictures of each predicted class; of ` +
  `${count(pictures)} pictures.`;

/** @param {ShownSpecific} specific */
export function specificText({ unit, inside, outside }) {
  const other = outside ? `, elsewhere ${withEnds(outside)}` : "";
  return `Unit ${unit}: ${withEnds(inside)}${other}`;
}

/** @param {{value: number, low: number, high: number}} estimate */
const withEnds = ({ value, low, high }) =>
  Number.isFinite(low) && low !== null ? `${short(value)} (${short(low)} to ${short(high)})` : short(value);

/**
 * From the lowest to the highest of some numbers with their intervals, and 0.
 * @param {readonly {value: number, low: number, high: number}[]} estimates
 * @returns {[low: number, high: number]}
 */
export function spanOf(estimates) {
  const ends = estimates.flatMap(({ value, low, high }) => [value, low, high]);
  const known = ends.filter((end) => end !== null && Number.isFinite(end));
  return [Math.min(0, ...known), Math.max(0, ...known)];
}
