import { h, setBlocked } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { pictureName } from "./candidates.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Ranking } from "../../schema/shared.js" */

/** @type {[string, string, string][]} */
const METHODS = [
  [
    "pgd",
    "many small steps",
    "PGD (projected gradient descent): up the slope again and again, never further than the size",
  ],
  ["fgsm", "one step", "FGSM (fast gradient sign method): each pixel by the size, up the slope"],
  ["lbfgs", "smallest change", "L-BFGS: the smallest change that is enough, if the size allows it"],
  ["pixel", "one pixel", "one pixel, to black or to white; the size does not count"],
  ["adv2", "under an unchanged map", "ADV2: deceives the network and its Grad-CAM map at once"],
];
/** Of what lies between black and white. */
const MOST = 0.3;
const USUAL = 0.03;
/** How much the map may count: at 10 the network is deceived as surely, and the map hardly changes. */
const HEAVIEST = 10;
const APART = "anti-join with the picture before the attack";

/**
 * @param {number | null} clicked the class that is explained
 * @param {Ranking | null} before what the network sees before the attack
 * @returns {number | null} the class that an attack is to reach; null: any but the one that is seen
 */
export const wantedOf = (clicked, before) => (clicked === before?.top[0].index ? null : clicked);

/**
 * Change the picture so little that a person hardly sees it, until the network sees another class.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function attackView(model, el) {
  const method = h(
    "select.xai-attack-method",
    { "aria-label": "How to attack", onchange: say },
    ...METHODS.map(([value, name, title]) => h("option", { value, title }, name)),
  );
  const size = h("input.xai-attack-size", {
    type: "range",
    "aria-label": "Size of the attack",
    min: 0,
    max: MOST,
    step: 0.002,
    value: USUAL,
    title:
      "how far a pixel may move (the size of the change by the largest pixel), as a share of what lies " +
      "between black and white",
  });
  const sized = h("output.xai-label");
  const weight = h("input.xai-attack-weight", {
    type: "range",
    "aria-label": "How much an unchanged map counts",
    min: 0,
    max: HEAVIEST,
    step: 0.5,
    value: 1,
    title: "weight of the map in ADV2: 0 deceives the network alone; the more, the less its map may change",
  });
  const weighed = h("output.xai-label");
  const weighing = h("span.xai-group-row", weight, weighed);
  const inside = h("input.xai-attack-inside", { type: "checkbox" });
  const wanted = h("span.xai-label", { title: "click a class in the list to want that one" });
  const start = h("button.xai-button.xai-attack-start", {
    onclick: () => (isRunning() ? model.command("stop", { work: "attack" }) : attack()),
  });
  const words = h("p.xai-attack-words", { role: "status" });
  const along = h("input.xai-attack-path", {
    type: "range",
    "aria-label": "Along the attack",
    min: 0,
    step: 1,
    title: "from the picture as it was to the attacked one",
    oninput: () => model.command("attack_at", { at: along.valueAsNumber }),
  });
  const apart = h(
    "button.xai-button",
    {
      onclick: () => {
        model.command("compare", { operator: "left join", name: pictureName(model) });
      },
    },
    "What tells it from before?",
  );
  const step = h("output.xai-label");
  const row = h("div.xai-group-row", h("span.xai-label", "Along its way"), along, step, apart);
  const root = h(
    "details.xai-moving.xai-attack",
    h(
      "summary.xai-button",
      { title: "deceive the network by a change that is hardly seen (an adversarial example)" },
      "Attack",
    ),
    h(
      "div.xai-group-row",
      method,
      size,
      sized,
      weighing,
      h("label.xai-check", inside, "only in the window"),
      wanted,
      start,
    ),
    words,
    row,
  );
  el.append(root);
  const shown = () => model.get("attack");
  const isRunning = () => Boolean(shown()?.running);

  const target = () =>
    wantedOf(model.get("target"), model.get("prediction_before") ?? model.get("prediction"));
  const attack = () =>
    model.command("attack", {
      method: method.value,
      size: size.valueAsNumber,
      weight: weight.valueAsNumber,
      target: target(),
      inside: inside.checked,
    });

  function show() {
    const now = shown();
    if (now) [method.value, inside.checked] = [now.method, now.inside];
    if (now && document.activeElement !== size) size.value = String(now.size);
    if (now && document.activeElement !== weight) weight.value = String(now.weight);
    say();
    const { at = 0, points = 0, done = 0, total = null } = now ?? {};
    start.textContent = isRunning() ? "Stop" : "Attack";
    words.textContent = isRunning()
      ? `Attacking… ${total ? percent(done / total, 0) : ""}`
      : (now?.words ?? "");
    words.hidden = !words.textContent;
    row.hidden = points < 2;
    along.max = String(points - 1);
    along.value = String(at);
    step.textContent = `step ${at} of ${points - 1}`;
    along.setAttribute("aria-valuetext", step.textContent);
    const isCompared = model.get("operator") !== "";
    setBlocked(apart, isCompared ? "take the comparison away first" : undefined, APART);
  }

  function say() {
    const class_ = target();
    sized.textContent = `at most ${percent(size.valueAsNumber, 1)} of the range`;
    size.setAttribute("aria-valuetext", sized.textContent);
    weighing.hidden = method.value !== "adv2";
    weighed.textContent = `the map counts ${weight.value}-fold`;
    weight.setAttribute("aria-valuetext", weighed.textContent);
    wanted.textContent =
      class_ === null ? "wanted: any other class" : `wanted: ${model.get("classes")[class_]}`;
    const isMissing = model.get("trail").length === 0 && !shown()?.inside;
    setBlocked(inside, isMissing ? "draw a window first" : undefined);
    inside.disabled = isMissing;
  }
  model.watch(["attack", "operator"], show);
  model.watch(["target", "prediction", "prediction_before", "trail", "classes"], say);

  // An attack in force follows the hand; the first one waits for the button.
  for (const slider of [size, weight])
    slider.addEventListener("input", () => {
      say();
      if (shown()) attack();
    });
}
