import { fillList, h } from "../../ui/dom.js";
import { short } from "../../lib/numbers.js";
import { attentionView } from "./attention.js";
import { nameOf } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */

const NONE = "nothing";
const BESIDE =
  "a second explainer for the same picture: its colours are its own, as its numbers mean something else";
/** Above this two maps order the parts much alike, as a rule of thumb; the number stands beside it. */
const ALIKE = 0.7;

/**
 * What explains, and what a second opinion is.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function explainerView(model, el) {
  const method = picker("xai-explainer", "Explained by", (value) => model.set({ method: value }));
  const beside = picker("xai-second", "Beside it", (value) => model.set({ beside: value }));
  beside.row.title = BESIDE;
  const section = h("section.xai-live.xai-explainers", { "aria-label": "Explainer" }, method.row, beside.row);
  el.append(section);
  attentionView(model, section);

  function show() {
    const options = optionsOf(model);
    method.show(options, model.get("method"));
    const others = options.filter(({ name }) => name !== nameOf(model.get("method")));
    beside.show(
      [
        { name: "", label: NONE, reason: "" },
        ...others.map(({ name, label, invalid }) => ({ name, label, reason: invalid })),
      ],
      model.get("beside"),
    );
    beside.select.disabled = Boolean(model.get("blocked").beside);
  }
  model.watch(["methods", "method", "beside", "blocked", "invalid_methods"], show);
}

/**
 * How alike the two maps are, in a saved page, too.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function agreementView(model, el) {
  const agreement = h("p.xai-agreement", { "aria-live": "polite" });
  el.append(agreement);
  model.watch(["agreement"], () => {
    agreement.textContent = agreementText(model.get("agreement"));
    agreement.hidden = !agreement.textContent;
  });
}

/**
 * Why some explainers are greyed: an option of a list shows no reason where one points at it.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function invalidView(model, el) {
  const list = h("dl.xai-reasons");
  el.append(list);
  model.watch(["methods", "blocked", "invalid_methods"], () => {
    const greyed = optionsOf(model).filter(({ reason }) => reason);
    const fold = el.closest("details");
    if (fold) fold.hidden = greyed.length === 0;
    fillList(
      list,
      greyed,
      () => h("div", h("dt"), h("dd")),
      (item, { label, reason }) => {
        item.children[0].textContent = label;
        item.children[1].textContent = reason;
      },
    );
  });
}

/**
 * @param {ExplorerBinding} model
 * @returns {{name: string, label: string, words: string, invalid: string, reason: string}[]}
 */
function optionsOf(model) {
  const [blocked, invalid] = [model.get("blocked"), model.get("invalid_methods")];
  return model.get("methods").map(({ name, label, words }) => {
    return {
      name,
      label,
      words,
      invalid: invalid[name] ?? "",
      reason: blocked[`method:${name}`] || invalid[name] || "",
    };
  });
}

/**
 * A choice that may have settings of its own, which only a query writes.
 * @param {string} kind
 * @param {string} label
 * @param {(value: string) => void} choose
 */
function picker(kind, label, choose) {
  const select = h(`select.${kind}`, { onchange: () => choose(select.value) });
  const row = h("label.xai-setting.xai-asks", h("span.xai-label", label), select);

  /** @param {{name: string, label: string, reason: string, words?: string}[]} options @param {string} value */
  function show(options, value) {
    fillList(
      select,
      options,
      () => h("option"),
      (option, { name, label: text, reason, words }) => {
        const chosen = name !== "" && name === nameOf(value);
        option.value = chosen ? value : name;
        option.textContent = chosen && value !== name ? `${text} ${value.slice(name.length)}` : text;
        option.disabled = Boolean(reason) && !chosen;
        option.title = reason || words || "";
      },
    );
    select.value = value;
  }
  return { row, select, show };
}

/** @param {{correlation: number | null, parts: number, problem?: string} | null} agreement @returns {string} */
export function agreementText(agreement) {
  if (!agreement) return "";
  const { correlation, parts, problem } = agreement;
  if (problem) return `No second map: ${problem}`;
  if (correlation === null) return "One of the two maps is the same all over: there is no order to compare.";
  const order =
    correlation >= ALIKE
      ? "agree in the order of"
      : correlation > 0
        ? "agree only partly in the order of"
        : "do not agree in the order of";
  return `The two maps ${order} the ${parts} parts (rank correlation ${short(correlation)}).`;
}
