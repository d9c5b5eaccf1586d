import { fillList, h, setAttribute, svg } from "../../ui/dom.js";
import { detailOf } from "./picked.js";
import { short } from "../../lib/numbers.js";
import { oddText, readPattern } from "./feature-maps.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { ShownPattern } from "../../schema/detector/output.js" */
/** @import { FeatureMap, ReadPattern } from "./feature-maps.js" */

const STRIP = 36;
const KEYS = [
  ["xai-range-key", "usual range", "of the conductance of right predictions of this class"],
  ["xai-mean-key", "mean", "profile: the mean of right predictions of this class"],
  ["xai-silent-key", "weaker than usual", "silent map: one that the class lives on, below its usual range"],
  [
    "xai-loud-key",
    "stronger than usual",
    "loud map: one that the class does not live on, above its usual range",
  ],
];
const ODD = { silent: "xai-silent-map", loud: "xai-loud-map" };

/**
 * Which feature maps the prediction lives on, beside what is usual for its class.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function patternView(model, el) {
  const title = h("h4");
  const list = h("ol.xai-maps", { "aria-label": "Feature maps" });
  const strip = svg("svg", { class: "xai-strip", role: "img", preserveAspectRatio: "none" });
  const note = h("p.xai-pattern-note");
  const keys = h(
    "p.xai-colour-keys.xai-label",
    ...KEYS.map(([kind, name, title]) => h(`span.${kind}`, { title }, name)),
  );
  const root = h("section.xai-pattern", { "aria-label": "Pattern" }, title, note, list, strip, keys);
  el.append(root);

  let shown = /** @type {ShownPattern | null} */ (null);
  model.watch(["detail", "picked"], () => {
    const pattern = detailOf(model)?.pattern ?? null;
    root.hidden = !pattern;
    // The votes that come in leave it as it is.
    if (!pattern || pattern === shown) return;
    shown = pattern;
    const read = readPattern(pattern);
    title.textContent = `Feature maps of ${pattern.layer}, beside right predictions of ${pattern.label}`;
    note.textContent =
      oddText(read, (kind) => `${kind === "silent" ? "weaker" : "stronger"} than usual: map`) ||
      "all as usual";
    fillList(list, read.shown, createMap, (row, map) => fillMap(row, map, read));
    drawStrip(strip, read);
    setAttribute(strip, "aria-label", `Conductance of all ${read.maps.length} maps; ${note.textContent}`);
  });
}

function createMap() {
  const track = h(
    "span.xai-map-track",
    h("span.xai-map-range"),
    h("span.xai-map-bar"),
    h("span.xai-map-mean"),
  );
  return h("li", h("span.xai-map-name"), track);
}

/** @param {HTMLElement} row @param {FeatureMap} map @param {ReadPattern} pattern */
function fillMap(row, { index, value, profile, low, high, specific, odd }, { least, most }) {
  const [name, track] = /** @type {HTMLElement[]} */ ([...row.children]);
  const [range, bar, mean] = /** @type {HTMLElement[]} */ ([...track.children]);
  /** @param {HTMLElement} element @param {number} from @param {number} to */
  const place = (element, from, to) => {
    const [start, end] = [from, to].map((each) => (100 * (each - least)) / (most - least || 1));
    element.style.left = `${Math.min(start, end)}%`;
    element.style.width = `${Math.abs(end - start)}%`;
  };
  row.className = `xai-feature-map ${odd && ODD[odd]}`;
  name.textContent = `map ${index}`;
  place(range, low, high);
  place(bar, 0, value);
  place(mean, profile, profile);
  const about = [specific ? "specific to the class" : "", odd].filter(Boolean).join(", ");
  row.title = `map ${index}: ${short(value)}, usually ${short(low)} to ${short(high)}${about ? `; ${about}` : ""}`;
}

/** @param {Element} strip @param {ReadPattern} pattern */
function drawStrip(strip, { maps, least, most }) {
  /** @param {number} value */
  const y = (value) => (STRIP * (most - value)) / (most - least || 1);
  setAttribute(strip, "viewBox", `0 0 ${maps.length} ${STRIP}`);
  /** @param {string} kind @param {(map: FeatureMap) => [number, number] | null} ends */
  const bars = (kind, ends) =>
    svg("path", {
      class: kind,
      d: maps
        .flatMap((map) => {
          const between = ends(map);
          return between
            ? `M${map.index + 0.15} ${y(between[0]).toFixed(2)}h.7V${y(between[1]).toFixed(2)}h-.7Z`
            : [];
        })
        .join(""),
    });
  strip.replaceChildren(
    bars("xai-strip-range", ({ low, high }) => [low, high]),
    bars("xai-strip-bars", ({ value, odd }) => (odd ? null : [0, value])),
    bars("xai-strip-loud", ({ value, odd }) => (odd === "loud" ? [0, value] : null)),
    // What is silent has no height of its own: its range is what shows it.
    bars("xai-strip-silent", ({ odd }) => (odd === "silent" ? [least, most] : null)),
  );
}
