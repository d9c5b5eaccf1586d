import { percent } from "../../lib/numbers.js";

/** @param {string[]} names @returns {string} "a, b and c" */
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * What is asked besides the class.
 * @param {{network: string, layer: string | null, operator: string, partners: readonly string[]}} question
 */
export function asideOf({ network, layer, operator, partners }) {
  const at = (network && `, under ${network}`) + (layer === null ? "" : `, at layer ${layer}`);
  if (!operator) return at;
  return (
    `${at}, and what ${operator === "join" ? "does it share with" : "tells it from"} ` +
    `${listed(partners.map(plainSource))}`
  );
}

/** @param {string} output @returns {string} the network's output in plain words */
export const plainOutput = (output) => (output === "logit" ? "score" : output);

const EDITS = { erase: "hidden", blur: "blurred", paste: "pasted", noise: "noise", brighten: "brighter by" };
const ATTACKS = { pgd: "PGD", fgsm: "FGSM", lbfgs: "L-BFGS", pixel: "one pixel", adv2: "ADV2" };

/**
 * @param {string} edit as a query has it
 * @param {readonly string[]} [classes] by which an attack's target is called
 * @returns {string} in words: "hidden: 113×91 pixels", "rotated by 15°"
 */
export function plainEdit(edit, classes = []) {
  const [operation, ...rest] = edit.split(" ");
  const [first, second] = rest.map(Number);
  if (/^attack(_|$)/.test(operation)) return plainAttack(rest.join(" "), classes);
  switch (operation) {
    case "shift":
      return `shifted${way(first, "up", "down")}${way(second, "to the left", "to the right")}`;
    case "rotate":
      return `rotated by ${Math.abs(first)}°${first < 0 ? " clockwise" : ""}`;
    case "scale":
      return `scaled to ${percent(first, 0)}`;
  }
  return [EDITS[/** @type {keyof typeof EDITS} */ (operation)] ?? operation, plainWindows(rest.join(" "))]
    .filter(Boolean)
    .join(": ");
}

/** @param {string} text */
const plainWindows = (text) =>
  text.replace(
    /\[(\d+):(\d+), (\d+):(\d+)\]/g,
    (_, top, bottom, left, right) => `${bottom - top}×${right - left} pixels`,
  );

/**
 * @param {number} pixels
 * @param {string} back
 * @param {string} forth
 */
const way = (pixels, back, forth) =>
  pixels ? ` ${Math.abs(pixels)} pixel${Math.abs(pixels) > 1 ? "s" : ""} ${pixels < 0 ? back : forth}` : "";

/**
 * @param {string} settings as the edits have them, or as a query: "method pgd", `method="pgd"`
 * @param {readonly string[]} classes
 */
function plainAttack(settings, classes) {
  const inside = /window[ =](\[[^\]]*\])/.exec(settings)?.[1];
  const rest = settings.replaceAll("=", " ").replaceAll('"', "").split(" ");
  /** @param {string} name */
  const of = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : null);
  const [method, size, target] = ["method", "size", "target"].map(of);
  const called = ATTACKS[/** @type {keyof typeof ATTACKS} */ (method)] ?? method;
  return [
    called ? `attacked (${called})` : "attacked",
    size && method !== "pixel" && `by up to ${Number((100 * Number(size)).toFixed(1))} %`,
    inside && `in ${plainWindows(inside)}`,
    target && `to be ${classes[Number(target)] ?? `class ${target}`}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {string} source as a query has it
 * @returns {string} the picture, and what was done to it: "x2, rotated: 15"
 */
export function plainSource(source) {
  const [, edit, inner, after] = /^(\w+)\((.*)\)([^()]*)$/.exec(source) ?? [];
  if (!edit) return source;
  let depth = 0;
  const comma = [...inner].findIndex((sign) => {
    depth += Number("([".includes(sign)) - Number(")]".includes(sign));
    return sign === "," && !depth;
  });
  const end = comma < 0 ? inner.length : comma;
  const details = inner.slice(end + 1).replace(/, (?![^[]*\])/g, " ");
  return `${plainSource(inner.slice(0, end))}, ${plainEdit(edit + details)}${after}`;
}

/** @param {string} text of a method, maybe with settings */
export const nameOf = (text) => text.split("(")[0];

/** @param {string} rule of a tree, with its cells as the kernel writes them @returns {string} */
export const plainRule = (rule) =>
  rule.replace(
    /r(\d+)c(\d+) (present|absent)/g,
    (_, row, column, state) => `row ${row}, column ${column} ${state === "present" ? "shown" : "hidden"}`,
  );

/** @param {string} question @returns {string} the name of a file for it: "why-tiger-cat" */
export const fileName = (question) =>
  question
    .toLowerCase()
    .replace(/\([^)]*\)/g, "")
    .match(/[\p{L}\p{N}]+/gu)
    ?.join("-") ?? "report";
