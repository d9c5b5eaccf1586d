import { fillList, h, setAttribute } from "../../ui/dom.js";
import { percent, signed } from "../../lib/numbers.js";
import { givenWay, incoming } from "./weights.js";

/** @import { TextBinding } from "./types.js" */

const PIN = "Keep this word, and ask again";
/** From which share on the word in its place is seen. */
const COMES = 0.03;
const BARS = [
  { name: "leave_one_out", kind: "xai-text-leave", label: "one word less" },
  { name: "gradient", kind: "xai-text-slope", label: "gradient × embedding" },
];

/**
 * Each word a chip that fades as the one in its place comes in; under it what the word does by itself.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function chipsView(model, el) {
  const list = h("ol.xai-text-words", { "data-export": "" });
  const key = h(
    "p.xai-text-key.xai-label",
    { "data-export": "" },
    ...BARS.map(({ kind, label }) => h(`span.${kind}`, label)),
  );
  const unit = h("span");
  key.append(unit);
  el.append(h("div", { role: "group", "aria-label": "Words" }, list), key);

  /** @param {number} place */
  function create(place) {
    const chip = h("button.xai-text-chip", h("span.xai-text-own"), h("span.xai-text-incoming"));
    const pin = h("button.xai-text-pin.xai-live", { title: PIN, onclick: () => toggle(place) }, "pin");
    const bars = BARS.map(({ kind }) => h(`span.xai-text-bar.${kind}`, h("span")));
    for (const event of ["pointerenter", "focus", "click"])
      chip.addEventListener(event, () => model.setView({ word: place }));
    return h("li.xai-text-word", chip, h("div.xai-text-bars", ...bars), pin);
  }

  /** @param {number} place */
  function toggle(place) {
    const pinned = model.get("pinned");
    const others = pinned.filter((each) => each !== place);
    const next = others.length < pinned.length ? others : [...pinned, place];
    model.set({ pinned: next.sort((one, other) => one - other) });
  }

  function show() {
    const [contrast, effects, words] = [model.get("contrast"), model.get("effects"), model.get("words")];
    const [position, pinned] = [model.get("position"), model.get("pinned")];
    const known = contrast?.candidates.length === words.length ? contrast : null;
    fillList(list, words, create, (item, word, place) => {
      const [chip, , pin] = /** @type {HTMLElement[]} */ ([...item.children]);
      const [own, other] = /** @type {HTMLElement[]} */ ([...chip.children]);
      const gone = known ? givenWay(known, place, position) : 0;
      own.textContent = word.text;
      other.textContent = known && !pinned.includes(place) ? incoming(known, place) : "";
      other.classList.toggle("xai-text-not-yet", gone < COMES);
      item.style.setProperty("--gone", String(gone));
      item.classList.toggle("xai-text-changed", Boolean(known?.changed[place]));
      item.classList.toggle("xai-text-strange", !word.is_known);
      const isPinned = pinned.includes(place);
      setAttribute(pin, "aria-pressed", String(isPinned));
      setAttribute(pin, "aria-label", `Pin ${word.text}`);
      pin.hidden = word.special;
      const spoken =
        `${word.text}${word.is_known ? "" : ", not known"}: ${percent(gone, 0)} given ` +
        `way${other.textContent ? ` to ${other.textContent} and others` : ""}`;
      chip.title = `${spoken}. Point at it for what may stand here`;
    });
    showBars(effects);
    unit.textContent = contrast
      ? `in log odds of ${contrast.true_label} against ${contrast.probe_label}`
      : "";
    key.hidden = !effects;
  }

  /** @param {ReturnType<typeof model.get<"effects">>} effects */
  function showBars(effects) {
    const all = effects ? [...effects.leave_one_out, ...effects.gradient] : [];
    const most = Math.max(1e-9, ...all.map(Math.abs));
    [...list.children].forEach((item, place) => {
      BARS.forEach(({ name, label }, i) => {
        const value = effects?.[/** @type {"gradient" | "leave_one_out"} */ (name)][place] ?? 0;
        const bar = /** @type {HTMLElement} */ (item.children[1].children[i]);
        const fill = /** @type {HTMLElement} */ (bar.firstElementChild);
        fill.style.height = `${(50 * Math.abs(value)) / most}%`;
        bar.classList.toggle("xai-text-against", value < 0);
        bar.title = `${label}: ${signed(value)}`;
        bar.hidden = !effects;
      });
    });
  }
  model.watch(["contrast", "effects", "words", "position", "pinned"], show);
  model.watchView(["word"], () => {
    [...list.children].forEach((item, place) => {
      item.classList.toggle("xai-text-looked-at", place === model.view.word);
    });
  });
}
