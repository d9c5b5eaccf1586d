import { h, setDisabled } from "../../ui/dom.js";
import { rateBar } from "../../ui/rate-bar.js";
import { cleansingText } from "./text.js";

/** @import { PoisonBinding } from "./types.js" */

/**
 * Train again without the marked; how often the trigger succeeds before and after.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 */
export function retrainView(model, el) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "And without as many others of the class, for comparison",
      onclick: () => model.command("retrain"),
    },
    "Train again without the marked",
  );
  const text = h("p.xai-poison-cleansing");
  const bars = h("div");
  const shown = h("div", { "data-export": "" }, text, bars);
  el.append(h("h3", "Is it gone without them?"), button, shown);

  model.watch(["cleansing"], () => {
    const cleansing = model.get("cleansing");
    shown.hidden = !cleansing;
    text.textContent = cleansingText(cleansing);
    if (!cleansing) return;
    const { before, after, control, accuracy_before: right, accuracy_after: rightAfter } = cleansing;
    bars.replaceChildren(
      rateBar("trigger before", before),
      rateBar("without marked", after),
      rateBar("without others", control, true),
      ...(right
        ? [rateBar("accuracy before", right, true), rateBar("accuracy after", rightAfter, true)]
        : []),
    );
  });
  model.watch(["poisoned", "status", "trains"], () => {
    button.hidden = !model.get("trains");
    setDisabled(button, !model.get("poisoned").length || model.get("status").state === "running");
  });
}
