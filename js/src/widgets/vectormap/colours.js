/** @typedef {"circle" | "square" | "diamond" | "triangle"} Shape */
/** @typedef {{colour: string, shape: Shape}} Look a colour of the sheet, and a shape for those who do not see it */

/**
 * @typedef {object} Colouring
 * @property {Look[]} looks
 * @property {Uint16Array} styles the look of each point
 * @property {Map<number, Look>} byClass where colours are classes'
 * @property {[low: number, high: number] | null} range where colours are numbers'
 */

/** @type {readonly Shape[]} */
const SHAPES = ["circle", "square", "diamond", "triangle"];
const SERIES = 8;
const SHADES = 24;
/** @type {Look} */
const UNKNOWN = { colour: "var(--line)", shape: "circle" };
export const [BY_LABEL, BY_PREDICTION, BY_RIGHT] = ["label", "prediction", "right or wrong"];

export const [DIMMED, USUAL, CHOSEN] = [0, 1, 2];

/**
 * @typedef {object} Known what is known of all pictures
 * @property {number} count
 * @property {string} colour
 * @property {ArrayLike<number> | null} labels
 * @property {ArrayLike<number> | null} predicted
 * @property {Record<string, ArrayLike<number>>} scores
 */

/** @param {Known} known @returns {Colouring} */
export function colouringOf(known) {
  const { count, colour, labels, predicted, scores } = known;
  if (colour in scores) return byNumber(scores[colour]);
  if (colour === BY_RIGHT) {
    const wrong = (/** @type {number} */ i) => (labels && predicted ? Number(labels[i] !== predicted[i]) : 2);
    const looks = /** @type {Look[]} */ ([
      { colour: "var(--right)", shape: "circle" },
      { colour: "var(--wrong)", shape: "diamond" },
      UNKNOWN,
    ]);
    return {
      looks,
      styles: Uint16Array.from({ length: count }, (_, i) => wrong(i)),
      byClass: new Map(),
      range: null,
    };
  }
  return byClass(classesOf(known), presentClasses(known), count);
}

/** The classes that are coloured or dimmed. @param {Pick<Known, "colour" | "labels" | "predicted">} known */
export const classesOf = ({ colour, labels, predicted }) =>
  colour === BY_PREDICTION || !labels ? predicted : labels;

/**
 * So that a class has one colour, whether it is a label or a prediction.
 * @param {Pick<Known, "labels" | "predicted">} known
 */
export const presentClasses = ({ labels, predicted }) =>
  [...new Set([...Array.from(labels ?? []), ...Array.from(predicted ?? [])])].sort((a, b) => a - b);

/** @param {ArrayLike<number> | null} classes @param {number[]} present @param {number} count @returns {Colouring} */
function byClass(classes, present, count) {
  const looks = present.map(
    (_, i) =>
      /** @type {Look} */ ({
        colour: `var(--series-${(i % SERIES) + 1})`,
        shape: SHAPES[Math.floor(i / SERIES) % SHAPES.length],
      }),
  );
  const places = new Map(present.map((number, i) => [number, i]));
  const styles = Uint16Array.from({ length: count }, (_, i) =>
    classes ? (places.get(classes[i]) ?? looks.length) : looks.length,
  );
  return {
    looks: [...looks, UNKNOWN],
    styles,
    byClass: new Map(present.map((number, i) => [number, looks[i]])),
    range: null,
  };
}

/** @param {number} share from low to high */
export const shadeOf = (share) =>
  `color-mix(in srgb, var(--series-2) ${Math.round(100 * share)}%, var(--series-1))`;

/** @param {ArrayLike<number>} values @returns {Colouring} */
function byNumber(values) {
  const finite = Array.from(values).filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const looks = Array.from(
    { length: SHADES },
    (_, i) => /** @type {Look} */ ({ colour: shadeOf(i / (SHADES - 1)), shape: "circle" }),
  );
  const styles = Uint16Array.from(values, (value) =>
    Number.isFinite(value) ? Math.round(((value - low) / (high - low || 1)) * (SHADES - 1)) : SHADES,
  );
  return {
    looks: [...looks, UNKNOWN],
    styles,
    byClass: new Map(),
    range: finite.length ? [low, high] : null,
  };
}

/**
 * How each point is drawn.
 * @param {number} count
 * @param {ArrayLike<number> | null} classes
 * @param {readonly number[]} dimmed classes
 * @param {readonly number[]} selection pictures
 */
export function statesOf(count, classes, dimmed, selection) {
  const faint = new Set(dimmed);
  const states = Uint8Array.from({ length: count }, (_, i) =>
    classes && faint.has(classes[i]) ? DIMMED : USUAL,
  );
  for (const picture of selection) states[picture] = CHOSEN;
  return states;
}
