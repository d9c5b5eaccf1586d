import { h, fillList, setAttribute, setBlocked, isDisabled } from "../../ui/dom.js";
import { showValue } from "../../ui/controls.js";
import { unfold } from "../../ui/fold.js";
import { icon } from "../../ui/icons.js";
import { pictureName } from "./candidates.js";
import { sharesOf } from "./weights.js";
import { plainSource } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */

/** What the operators are called in the field. */
export const TERMS = { join: "join", "left join": "anti-join" };
const SWAP = "let it and the picture change places: what is asked of the one is asked of the other";

/**
 * What the picture is compared with now.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function partnersView(model, el) {
  const word = h("span.xai-label");
  const chips = h("ol.xai-partners", { "aria-label": "Compared with" });
  const line = h("div.xai-group-row", word, chips);
  el.append(line);
  weightView(model, line);
  printedView(model, line);

  /** @param {number} position */
  function create(position) {
    const [swap, away] = /** @type {const} */ (["swap", "uncompare"]).map((command) =>
      h(
        "button.xai-away",
        { onclick: () => model.command(command, { name: model.get("partners")[position] }) },
        icon(command === "swap" ? "swap" : "close"),
      ),
    );
    swap.title = SWAP;
    return h("li.xai-partner", h("span"), swap, away);
  }

  model.watch(["partners", "operator"], () => {
    const operator = model.get("operator");
    line.hidden = !operator;
    word.textContent = operator === "join" ? "Shared with" : "Told apart from";
    word.title = TERMS[operator || "join"];
    if (operator) unfold(el); // what is in force must be seen
    fillList(chips, model.get("partners"), create, (chip, name) => {
      const [title, swap, away] = chip.children;
      title.textContent = plainSource(name);
      setAttribute(swap, "aria-label", `Swap with ${name}`);
      setAttribute(away, "aria-label", `Take ${name} away`);
    });
  });
}

/**
 * How much each counts in a joint map.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
function weightView(model, el) {
  const slider = h("input.xai-weight", {
    type: "range",
    "aria-label": "Weight",
    min: 0,
    max: 1,
    step: 0.01,
    oninput: () => (isDisabled(slider) ? show() : model.set({ weights: [slider.valueAsNumber] })),
  });
  const said = h("output");
  const equal = h("button.xai-link", { onclick: makeEqual }, "equal");
  const title = "how much each picture counts in the joint map";
  const name = h("span.xai-label", { "aria-hidden": "true", title }, "Weight");
  const root = h("div.xai-group-row", name, slider, said, equal);
  el.append(root);

  function makeEqual() {
    model.set({ weights: [null] });
    slider.focus(); // the button goes
  }

  function show() {
    const [names, weights] = [model.get("partners"), model.get("weights")];
    const shares = sharesOf(weights);
    root.hidden = model.get("operator") !== "join";
    const all = [pictureName(model), ...names];
    showValue(slider, said, shares.map((share, i) => `${all[i]} ${Math.round(100 * share)} %`).join(" · "));
    slider.value = String(shares[0]);
    const many = names.length > 1 ? "with more than one partner weights are set in the query" : undefined;
    setBlocked(slider, model.get("blocked").weight || many);
    equal.hidden = isDisabled(slider) || weights[0] === null;
  }
  model.watch(["partners", "operator", "weights", "blocked", "pictures", "index"], show);
}

/** @param {ExplorerBinding} model @param {HTMLElement} el */
function printedView(model, el) {
  const title = "the expectation of the paper instead of a difference of maps; it does not add up";
  const box = h("input.xai-printed", {
    type: "checkbox",
    onchange: () => model.set({ printed: box.checked }),
  });
  const root = h("label.xai-check", { title }, box, "as printed in the paper");
  el.append(root);
  model.watch(["operator", "blocked", "printed"], () => {
    root.hidden = model.get("operator") !== "left join" || Boolean(model.get("blocked").printed);
    box.checked = model.get("printed");
  });
}
