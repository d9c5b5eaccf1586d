import { fillList, h } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";
import { fillPredictionRow, predictionRow } from "../../ui/prediction.js";
import { uploads } from "../../ui/upload.js";
import { rankOf } from "./scores.js";
import { scoreText } from "./text.js";

/** @import { DetectorBinding } from "./types.js" */

const CLASSES = 4;
const SCORING = "Scoring…";

/**
 * A picture of one's own: what the network says of it, and whether the dial would let that pass.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function ownView(model, el, signal) {
  const canvas = h("canvas.xai-detail-picture", { "aria-hidden": "true" });
  const [title, answer, verdict] = [h("h3"), h("p.xai-detail-answer"), h("p.xai-detail-verdict")];
  const classes = h("ul.xai-detail-classes", { "aria-label": "Top classes of your picture" });
  const facts = h("div.xai-detail-facts", answer, verdict, classes);
  const root = h(
    "section.xai-own",
    { "aria-label": "Your picture", "aria-live": "polite" },
    title,
    h("div.xai-detail-head", canvas, facts),
  );
  el.append(root);
  if (!model.isStatic) {
    const place = h("div");
    root.before(place);
    const what = "score a picture of yours; you may also drop or paste it anywhere here";
    uploads(model, place, what, () => model.setView({ notice: SCORING }), signal);
  }

  model.watch(["upload"], () => {
    const own = model.get("upload");
    root.hidden = !own;
    if (!own) return;
    title.textContent = own.name;
    answer.textContent = own.top[0].label;
    paintPicture(canvas, own.picture);
    fillList(
      classes,
      own.top.slice(0, CLASSES),
      () => predictionRow(h("li")),
      (row, score) => fillPredictionRow(row, score),
    );
  });
  model.watch(["upload", "error"], () => {
    if (model.view.notice === SCORING) model.setView({ notice: "" });
  });
  model.watch(["upload"], judge);
  model.watchView(["cut"], judge);

  function judge() {
    const { cut } = model.view;
    const score = cut && model.get("upload")?.scores[cut.scored.key];
    verdict.textContent =
      cut && typeof score === "number" ? scoreText(cut, score, rankOf(cut.scored, score)) : "";
  }
}
