import { fillList, h, setAttribute, svg } from "../../ui/dom.js";
import { settingRow } from "../../ui/controls.js";
import { count, short } from "../../lib/numbers.js";
import { BY_LABEL, BY_PREDICTION, BY_RIGHT, classesOf, presentClasses, shadeOf } from "./colours.js";
import { knownOf } from "./follow.js";
import { pathOf } from "./paint.js";

/** @import { Look } from "./colours.js" */
/** @import { VectorMapBinding } from "./types.js" */

/**
 * What colours say, and the classes, each of which can be dimmed.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function legendView(model, el) {
  const select = h("select.xai-colour", { onchange: () => model.set({ colour: select.value }) });
  settingRow(el, "Coloured by", select);
  model.watch(["colour", "labels", "scores"], () => {
    const known = model.get("labels") ? [BY_LABEL, BY_PREDICTION, BY_RIGHT] : [BY_PREDICTION];
    const names = [...known, ...Object.keys(model.get("scores"))];
    if (select.options.length !== names.length)
      select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    select.value = model.get("colour");
  });
  const key = h("div.xai-map-key", { "data-export": "" });
  const classes = h("div.xai-map-classes", { role: "group", "aria-label": "Classes", "data-export": "" });
  const all = h("button.xai-link", { onclick: () => model.set({ dimmed: [] }) }, "Show all classes");
  el.append(key, classes, all);

  model.watchView(["colouring"], () => {
    key.replaceChildren(...keyOf(model));
    key.hidden = !key.childElementCount;
    show();
  });
  model.watch(["dimmed", "classes"], show);

  function show() {
    const known = knownOf(model);
    const [of, dimmed] = [classesOf(known), new Set(model.get("dimmed"))];
    const amounts = new Map();
    for (const number of Array.from(of ?? [])) amounts.set(number, (amounts.get(number) ?? 0) + 1);
    fillList(
      classes,
      presentClasses(known),
      () => create(model),
      (button, number) => {
        const name = model.get("classes")[number] ?? String(number);
        const look = model.view.colouring.byClass.get(number);
        button.dataset.number = String(number);
        button.children[0].replaceWith(look ? swatch(look) : svg("svg", { class: "xai-swatch" }));
        button.children[1].textContent = name;
        button.children[2].textContent = count(amounts.get(number) ?? 0);
        button.title = `${name}: a click dims its points`;
        setAttribute(button, "aria-pressed", String(!dimmed.has(number)));
      },
    );
    all.hidden = !dimmed.size;
  }
}

/** @param {VectorMapBinding} model */
function create(model) {
  const button = h("button.xai-map-class", h("i"), h("span"), h("span.xai-label"));
  button.addEventListener("click", () => {
    const [number, dimmed] = [Number(button.dataset.number), model.get("dimmed")];
    const rest = dimmed.filter((each) => each !== number);
    model.set({ dimmed: rest.length < dimmed.length ? rest : [...dimmed, number].sort((a, b) => a - b) });
  });
  return button;
}

/** @param {Look} look */
function swatch({ colour, shape }) {
  const path = svg("path", { d: pathOf(shape, 5), style: `fill: ${colour}` });
  return svg("svg", { class: "xai-swatch", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, path);
}

/** What colours say that are not classes'. @param {VectorMapBinding} model */
function keyOf(model) {
  const { range, looks } = model.view.colouring;
  if (model.get("colour") === BY_RIGHT)
    return ["right", "wrong"].map((name, i) => h("span", swatch(looks[i]), name));
  if (!range) return [];
  const stops = [0, 0.5, 1].map(shadeOf).join(", ");
  const bar = h("span.xai-map-scale", { style: `background: linear-gradient(to right, ${stops})` });
  return [h("span", short(range[0])), bar, h("span", short(range[1]))];
}
