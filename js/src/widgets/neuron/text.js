import { count, percent, short } from "../../lib/numbers.js";

/** @import { ShownConcept, ShownFavourites, ShownMaximised, WatchedPrediction } from "../../lib/schema.js" */

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
