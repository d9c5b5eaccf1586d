import { RAMP } from "./ramp.js";

const CERTAIN_AT = 2;
const FAINTEST = 0.1;
/** The ends of the ramp are so dark that red and blue are hard to tell apart on a photograph. */
const RAMP_USED = 0.84;

/** @typedef {{red: number, green: number, blue: number, alpha: number}} Colour */

/**
 * Positive is red, negative blue, zero the neutral middle; the picture shows through where little is at stake.
 * @param {number} value
 * @param {number} range the absolute value at full colour
 * @param {number} [faintest] the alpha at zero
 * @returns {Colour}
 */
export function colourOf(value, range, faintest = FAINTEST) {
  const share = Number.isFinite(value) ? Math.max(-1, Math.min(1, value / range)) : 0;
  const place = (0.5 - (RAMP_USED * share) / 2) * (RAMP.length - 1);
  const below = Math.floor(place);
  const [red, green, blue] = RAMP[below].map((part, i) =>
    Math.round(part + (place - below) * (RAMP[below + 1][i] - part)),
  );
  return { red, green, blue, alpha: faintest + (1 - faintest) * Math.sqrt(Math.abs(share)) };
}

/**
 * @param {Colour} colour
 * @param {number} opacity
 */
export const cssColour = ({ red, green, blue, alpha }, opacity) =>
  `rgba(${red}, ${green}, ${blue}, ${(alpha * opacity).toFixed(3)})`;

/**
 * True while the sign of a value may still turn out the other way.
 * @param {number} value
 * @param {number} standardError
 */
export const isUncertain = (value, standardError) => !(Math.abs(value) >= CERTAIN_AT * standardError);

/**
 * The range that maps share when nobody has set one: the 98th percentile of all absolute values.
 * @param {Iterable<number>[]} maps
 */
export function automaticRange(maps) {
  const sizes = maps.flatMap((map) => Array.from(map, Math.abs)).filter(Number.isFinite);
  sizes.sort((a, b) => a - b);
  const position = 0.98 * (sizes.length - 1);
  const below = sizes[Math.floor(position)] ?? 0;
  const above = sizes[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position)) || sizes.at(-1) || 1;
}
