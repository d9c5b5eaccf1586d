import { h, fillList, setAttribute, setBlocked, isDisabled } from "../../ui/dom.js";
import { unfold } from "../../ui/fold.js";
import { icon } from "../../ui/icons.js";
import { createThumbnails } from "../../ui/thumbnails.js";
import { addFiles, createNotice, filePicker, filesOf, receiveDrops } from "../../ui/upload.js";
import { candidatesOf } from "./candidates.js";
import { sharesOf } from "./weights.js";
import { plainSource } from "./words.js";

/** @import { ExplorerBinding, Operator } from "./types.js" */
/** @import { Incoming, Say } from "../../ui/upload.js" */

const WORDS = { join: "join", "left join": "anti-join" };
const SWAP = "let it and the picture change places: what is asked of the one is asked of the other";
const NOTHING_CHOSEN = "choose what to compare with first: a picture, or several";

/**
 * Join or anti-join with other pictures, or with the same one under another network.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function compareView(model, el, signal) {
  let chosen = /** @type {string[]} */ ([]);
  const { root: candidates, show: showCandidates } = createThumbnails(
    "xai-candidate",
    "Pictures to compare with",
    (position) => {
      const { name } = candidatesOf(model)[position];
      choose(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
    },
    signal,
    model,
  );
  const bar = h("div.xai-compare-bar", { role: "group", "aria-label": "How to compare" });
  const root = h("section.xai-compare.xai-live", { "aria-label": "Compare" }, bar, candidates);
  el.append(root);

  /** @param {string} name @param {() => unknown} action */
  function button(name, action) {
    const element = h("button.xai-button", name);
    element.addEventListener("click", () => isDisabled(element) || action(), { signal });
    bar.append(element);
    return element;
  }
  /** @param {Operator} operator */
  async function compare(operator) {
    const name = chosen;
    choose([]); // a second click must not compare with it twice
    if (!(await model.command("compare", { operator, name })) && !chosen.length) choose(name);
  }
  /**
   * @param {boolean} same whose class; alike pictures are joined, others set against each other, unless
   *   chosen already
   */
  const randomly = (same) => model.get("operator") || (same ? "join" : "left join");
  /** @param {boolean} same */
  const random = (same) => model.command("random", { operator: randomly(same), same });

  const join = button("What they share", () => compare("join"));
  const anti = button("What tells them apart", () => compare("left join"));
  const same = button("Random: same class", () => random(true));
  const another = button("Random: another class", () => random(false));
  incoming(model, root, bar, (name) => choose([...chosen, name]), signal);
  otherLayer(model, bar, signal);
  const rival = button("", () => model.command("swap", { name: model.get("rival") }));
  model.watch(["rival"], () => {
    rival.hidden = !model.get("rival");
    rival.textContent = `Ask ${model.get("rival")} instead`;
    rival.title =
      `let ${model.get("networks").join(" and ")} change places: the other network explains ` +
      `itself, alone or in comparisons`;
  });

  function show() {
    const blocked = model.get("blocked");
    const reason = chosen.length
      ? chosen.map((name) => blocked[`candidate:${name}`]).find(Boolean)
      : NOTHING_CHOSEN;
    setBlocked(join, blocked.join || reason, "join: one map for all");
    setBlocked(
      anti,
      blocked["left join"] || reason,
      "anti-join: for each the map of what it has and the others have not",
    );
    setBlocked(
      same,
      blocked[randomly(true)],
      `${WORDS[randomly(true)]} with a random picture of the same class`,
    );
    setBlocked(
      another,
      blocked[randomly(false)],
      `${WORDS[randomly(false)]} with a random picture of another class`,
    );
    candidatesOf(model).forEach(({ name, label }, i) => {
      const element = /** @type {HTMLElement | undefined} */ (candidates.children[i]);
      if (!element) return;
      setAttribute(element, "aria-pressed", String(chosen.includes(name)));
      setBlocked(element, blocked[`candidate:${name}`], label || name);
    });
  }

  /** @param {string[]} names */
  function choose(names) {
    chosen = names;
    show();
  }

  model.watch(["candidates", "pictures", "references", "index", "edits", "rival"], () => {
    const all = candidatesOf(model);
    chosen = chosen.filter((each) => all.some(({ name }) => name === each));
    showCandidates(all);
    show();
  });
  model.watch(["blocked", "operator"], show);
  partners(model, root, signal);
}

/**
 * The same picture at another layer, to be told apart from the one looked at.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} bar
 * @param {AbortSignal} signal
 */
function otherLayer(model, bar, signal) {
  const select = h("select.xai-other-layer", { "aria-label": "Another layer to tell it from" });
  bar.append(select);
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
  select.addEventListener(
    "change",
    () => {
      const { value } = select;
      select.value = "";
      if (value) model.command("compare", { operator: "left join", name: `layer ${value}` });
    },
    { signal },
  );
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
  const say = createNotice(/** @type {HTMLElement} */ (root.closest(".xai-root")), signal);
  const { field, button } = filePicker(
    "File…",
    "add a picture to compare with from a file; or drop one here",
    signal,
  );
  root.append(field);
  if (model.get("reads_text")) return; // sentences are typed, or come by the line
  bar.append(button);

  /** @param {Incoming} files @param {Parameters<Say>[1]} near */
  async function add(files, near) {
    const added = await addFiles(model, files, { reference: true }, (text) => say(text, near));
    const last = added.at(-1);
    if (last) onAdded(last.name);
  }
  field.addEventListener("change", () => add(filesOf(field), button), { signal });
  receiveDrops(root, "xai-dropping", add, signal);
}

/**
 * The partners in force, and how much they count.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
function partners(model, root, signal) {
  const word = h("span.xai-label");
  const chips = h("ol.xai-partners", { "aria-label": "Compared with" });
  const slider = h("input.xai-weight", { type: "range", "aria-label": "Weight", min: 0, max: 1, step: 0.01 });
  const said = h("output");
  const equal = h("button.xai-link", "equal");
  const weight = h(
    "div.xai-group-row",
    h(
      "span.xai-label",
      { "aria-hidden": "true", title: "how much each picture counts in the joint map" },
      "Weight",
    ),
    slider,
    said,
    equal,
  );
  const printed = h("input.xai-printed", { type: "checkbox" });
  const form = h(
    "label.xai-check",
    { title: "the expectation of the paper instead of a difference of maps; it does not add up" },
    printed,
    "as printed in the paper",
  );
  const line = h("div.xai-group-row", word, chips, weight, form);
  root.append(line);

  /** @param {number} position */
  function create(position) {
    const [swap, away] = /** @type {const} */ (["swap", "uncompare"]).map((command) => {
      const button = h("button.xai-away", icon(command === "swap" ? "swap" : "close"));
      button.addEventListener(
        "click",
        () => model.command(command, { name: model.get("partners")[position] }),
        { signal },
      );
      return button;
    });
    swap.title = SWAP;
    return h("li.xai-partner", h("span"), swap, away);
  }

  function show() {
    const [names, operator, blocked] = [model.get("partners"), model.get("operator"), model.get("blocked")];
    line.hidden = !operator;
    word.textContent = operator === "join" ? "Shared with" : "Told apart from";
    word.title = WORDS[operator || "join"];
    if (operator) unfold(root); // what is in force must be seen
    fillList(chips, names, create, (chip, name) => {
      const [title, swap, away] = chip.children;
      title.textContent = plainSource(name);
      setAttribute(swap, "aria-label", `Swap with ${name}`);
      setAttribute(away, "aria-label", `Take ${name} away`);
    });
    const weights = model.get("weights");
    const shares = sharesOf(weights);
    const title = model.get("pictures")[model.get("index")]?.name ?? "picture";
    weight.hidden = operator !== "join";
    said.textContent = shares
      .map((share, i) => `${i ? names[i - 1] : title} ${Math.round(100 * share)} %`)
      .join(" · ");
    slider.setAttribute("aria-valuetext", said.textContent);
    slider.value = String(shares[0]);
    setBlocked(
      slider,
      blocked.weight ||
        (names.length > 1 ? "with more than one partner weights are set in the query" : undefined),
    );
    equal.hidden = isDisabled(slider) || weights[0] === null;
    form.hidden = operator !== "left join" || Boolean(blocked.printed);
    printed.checked = model.get("printed");
  }
  model.watch(["partners", "operator", "weights", "printed", "blocked", "pictures", "index"], show);

  slider.addEventListener(
    "input",
    () => (isDisabled(slider) ? show() : model.set({ weights: [slider.valueAsNumber] })),
    { signal },
  );
  equal.addEventListener(
    "click",
    () => {
      model.set({ weights: [null] });
      slider.focus();
    },
    { signal },
  );
  printed.addEventListener("change", () => model.set({ printed: printed.checked }), { signal });
}
