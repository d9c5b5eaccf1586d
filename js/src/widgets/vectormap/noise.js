import { h, oncePerFrame, setDisabled } from "../../ui/dom.js";
import { watchTheme } from "../../ui/theme.js";
import { agreementBars } from "./loss.js";
import { createPainter } from "./paint.js";
import { ASPECT, frameOf, lensOf, placesOf, WHOLE } from "./scene.js";
import { noiseText } from "./text.js";

/** @import { VectorMapBinding } from "./types.js" */

/**
 * Noise that is laid out by the same method: the groups that the method makes by itself.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function noiseView(model, el, signal) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Deals the numbers of each unit to other pictures, and lays that out alike",
      onclick: () => model.command("lay_out_noise"),
    },
    "The same for noise",
  );
  const canvas = h("canvas.xai-noise", { role: "img", "aria-label": "Noise, laid out by the same method" });
  const [text, bars] = [h("p"), h("div.xai-noise-part")];
  const shown = h("div.xai-noise-part", { "data-export": "" }, canvas, text, bars);
  el.append(h("div.xai-noise-part", h("h3", "Are there groups in noise?"), button, shown));
  const paintPoints = createPainter(canvas);

  const paint = oncePerFrame(() => {
    const noise = model.get("noise");
    const width = canvas.clientWidth;
    if (signal.aborted || !noise || !width) return;
    const size = { width, height: width / ASPECT };
    const places = placesOf(noise.points, frameOf(noise.points));
    const { colouring, states } = model.view;
    paintPoints({ places, colouring, states, lens: lensOf(size, WHOLE), size });
    model.acknowledge(noise.frame);
  });
  model.watch(["noise"], () => {
    const noise = model.get("noise");
    shown.hidden = !noise;
    if (!noise) return;
    text.textContent = noiseText(noise);
    bars.replaceChildren(...(noise.loss ? agreementBars(noise.loss) : []));
    paint();
  });
  model.watchView(["colouring", "states"], paint);
  model.watch(["plane", "status"], () =>
    setDisabled(button, !model.get("plane")?.loss || model.get("status").state === "running"),
  );
  watchTheme(el, signal, paint);
}
