import { interpolateRdBu } from "d3-scale-chromatic";

const LAST = 32;

/** d3's ramp from red over white to blue, as red, green, blue. The bundle holds its numbers only: see build.mjs. */
export const RAMP = Array.from({ length: LAST + 1 }, (_, i) => (interpolateRdBu(i / LAST).match(/\d+/g) ?? []).map(Number));
