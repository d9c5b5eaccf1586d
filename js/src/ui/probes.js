import { classesView } from "./classes.js";

/** @import { Binding } from "./binding.js" */

/**
 * The classes that "why not …?" may ask about.
 * @param {Binding<any, any>} model with a `prediction`, a `contrast` and a `probe`
 * @param {HTMLElement} el
 */
export function probesView(model, el) {
  classesView(model, el, {
    title: () => "Why not …?",
    name: "Class asked about",
    automatic: () => "runner-up (automatic)",
    asked: () => model.get("probe"),
    ask: (probe) => model.set({ probe }),
    answered: () => model.get("contrast")?.probe,
    barred: () => model.get("prediction")?.top[0]?.index,
    watch: (listener) => model.watch(["prediction", "probe", "contrast"], listener),
  });
}
