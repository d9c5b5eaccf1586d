import { h, setAttribute, setBlocked } from "../../ui/dom.js";
import { createThumbnails } from "../../ui/thumbnails.js";
import { filePicker, receiveDrops } from "../../ui/incoming.js";
import { taker } from "../../ui/upload.js";
import { candidatesOf } from "./candidates.js";
import { partnersView, TERMS } from "./partners.js";

/** @import { ExplorerBinding, Operator } from "./types.js" */

const NOTHING_CHOSEN = "choose what to compare with first: a picture, or several";

/**
 * Join or anti-join with other pictures, or with the same one under another network.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function compareView(model, el, signal) {
  const bar = h("div.xai-compare-bar", { role: "group", "aria-label": "How to compare" });
  const root = h("section.xai-compare.xai-live", { "aria-label": "Compare" }, bar);
  el.append(root);
  const add = chosenCandidates(model, root, bar, signal);
  randomButtons(model, bar);
  incoming(model, root, bar, add, signal);
  otherLayer(model, bar);
  rivalButton(model, bar);
  partnersView(model, root);
}

/**
 * Pictures to choose from, and what is asked of the chosen.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 * @param {HTMLElement} bar
 * @param {AbortSignal} signal
 * @returns {(name: string) => void} chooses one more
 */
function chosenCandidates(model, root, bar, signal) {
  let chosen = /** @type {string[]} */ ([]);
  // Those in the strip: what is greyed may be told before the pictures that go with it.
  let candidates = /** @type {ReturnType<typeof candidatesOf>} */ ([]);
  const title = "Pictures to compare with";
  const strip = createThumbnails("xai-candidate", title, toggle, signal, model);
  root.append(strip.root);
  /** @param {string} name @param {Operator} operator */
  const button = (name, operator) => h("button.xai-button", { onclick: () => compare(operator) }, name);
  const join = button("What they share", "join");
  const anti = button("What tells them apart", "left join");
  bar.append(join, anti);

  /** @param {Operator} operator */
  async function compare(operator) {
    const name = chosen;
    choose([]); // a second click must not compare with it twice
    if (!(await model.command("compare", { operator, name })) && !chosen.length) choose(name);
  }

  /** @param {number} position */
  function toggle(position) {
    const { name } = candidates[position];
    choose(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  }

  /** @param {string[]} names */
  function choose(names) {
    chosen = names;
    show();
  }

  function show() {
    const blocked = model.get("blocked");
    const reason = chosen.length
      ? chosen.map((name) => blocked[`candidate:${name}`]).find(Boolean)
      : NOTHING_CHOSEN;
    setBlocked(join, blocked.join || reason, "join: one map for all");
    const differs = "anti-join: for each the map of what it has and the others have not";
    setBlocked(anti, blocked["left join"] || reason, differs);
    candidates.forEach(({ name, label }, i) => {
      const element = /** @type {HTMLElement} */ (strip.root.children[i]);
      setAttribute(element, "aria-pressed", String(chosen.includes(name)));
      setBlocked(element, blocked[`candidate:${name}`], label);
    });
  }

  model.watch(["candidates", "pictures", "references", "index", "edits", "rival"], () => {
    candidates = candidatesOf(model);
    chosen = chosen.filter((each) => candidates.some(({ name }) => name === each));
    strip.show(candidates);
    show();
  });
  model.watch(["blocked", "operator"], show);
  return (name) => choose([...chosen, name]);
}

/**
 * Compare with any other picture: alike ones are joined, others set against each other, unless chosen already.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 */
function randomButtons(model, bar) {
  for (const same of [true, false]) {
    const operator = () => model.get("operator") || (same ? "join" : "left join");
    const button = h(
      "button.xai-button",
      { onclick: () => model.command("random", { operator: operator(), same }) },
      `Random: ${same ? "same" : "another"} class`,
    );
    bar.append(button);
    model.watch(["blocked", "operator"], () => {
      const which = same ? "the same class" : "another class";
      const title = `${TERMS[operator()]} with a random picture of ${which}`;
      setBlocked(button, model.get("blocked")[operator()], title);
    });
  }
}

/**
 * Pictures to compare with that come from outside: a file, or one dropped here.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 * @param {HTMLElement} bar
 * @param {(name: string) => void} onAdded
 * @param {AbortSignal} signal
 */
function incoming(model, root, bar, onAdded, signal) {
  if (model.get("reads_text")) return; // sentences are typed, or come by the line
  const take = taker(model, root, { reference: true }, ({ name }) => onAdded(name), signal);
  const title = "add a picture to compare with from a file; or drop one here";
  const [field, button] = filePicker("File…", title, take);
  root.append(field);
  bar.append(button);
  receiveDrops(root, "xai-dropping", take);
}

/**
 * The same picture at another layer, to be told apart from the one looked at.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 */
function otherLayer(model, bar) {
  const select = h("select.xai-other-layer", {
    "aria-label": "Another layer to tell it from",
    onchange: compare,
  });
  bar.append(select);

  function compare() {
    model.command("compare", { operator: "left join", name: `layer ${select.value}` });
    select.value = "";
  }

  model.watch(["layers", "layer", "blocked", "partners"], () => {
    const [layer, reason] = [model.get("layer"), model.get("blocked")["other layer"]];
    const all = [...model.get("layers").map(({ name }) => name), "*"];
    const others = all.filter((name) => name !== (layer ?? "*"));
    select.hidden = !others.length;
    const options = others.map((value) => h("option", { value }, value === "*" ? "whole network" : value));
    select.replaceChildren(h("option", { value: "" }, "Another layer…"), ...options);
    setBlocked(select, reason, "anti-join: what this layer has for the class, and another has not");
    select.disabled = Boolean(reason);
  });
}

/**
 * Asks the other network instead.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 */
function rivalButton(model, bar) {
  const button = h("button.xai-button", {
    onclick: () => model.command("swap", { name: model.get("rival") }),
  });
  bar.append(button);
  model.watch(["rival", "networks"], () => {
    const rival = model.get("rival");
    button.hidden = !rival;
    button.textContent = `Ask ${rival} instead`;
    button.title =
      `let ${model.get("networks").join(" and ")} change places: the other network explains ` +
      `itself, alone or in comparisons`;
  });
}
