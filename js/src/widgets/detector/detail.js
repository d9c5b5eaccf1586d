import { fillList, h, setAttribute } from "../../ui/dom.js";
import { detailOf } from "./picked.js";
import { rankOf } from "./scores.js";
import { classText, rankText, scoreText } from "./text.js";
import { short } from "../../lib/numbers.js";
import { paintPicture } from "../../ui/paint.js";
import { pictureOf } from "../../lib/pictures.js";
import { patternView } from "./profile-plot.js";
import { fillPredictionRow, predictionRow } from "../../ui/prediction.js";
import { wallView } from "./votes-grid.js";

/** @import { Sample, Scored } from "./scores.js" */
/** @import { DetectorBinding } from "./types.js" */
/** @import { Score } from "../../schema/shared.js" */
/** @import { Cut } from "./cuts.js" */

const CLASSES = 4;
const OPENING = "Opening…";

/**
 * The picked image: what is known of it at once, and what the kernel finds out.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function detailView(model, el) {
  const title = h("h3");
  const canvas = h("canvas.xai-detail-picture", { role: "img" });
  const answer = h("p.xai-detail-answer");
  const verdict = h("p.xai-detail-verdict");
  const classes = h("ul.xai-detail-classes", { "aria-label": "Top classes" });
  const scores = h("ul.xai-scores", { "aria-label": "Scores" });
  const body = h(
    "div.xai-detail-body",
    h("div.xai-detail-head", canvas, h("div.xai-detail-facts", answer, verdict, classes)),
    scores,
  );
  const hint = h("p.xai-label", "Pick an image to see why its prediction is suspicious.");
  el.append(title, hint, body);
  patternView(model, body);
  wallView(model, body);
  openButtons(model, body);

  function draw() {
    const { sample, cut } = model.view;
    const image = imageOf(model);
    const known = sample !== null && cut !== null && image !== null && image < sample.count;
    title.textContent = known ? `Image ${image}` : "An image";
    body.hidden = !known;
    hint.hidden = known;
    if (!known) return;
    const names = model.get("classes");
    const right = !sample.wrong[image];
    const predicted = classText(names, sample.predicted[image]);
    answer.replaceChildren(
      h("strong", predicted),
      right ? ", which is right" : `, but it is ${classText(names, sample.labels[image])}`,
    );
    answer.classList.toggle("xai-error-text", !right);
    verdict.textContent = verdictOf(cut, image);
    fillList(
      classes,
      topOf(model, sample, image),
      () => predictionRow(h("li")),
      (row, score) => fillPredictionRow(row, score),
    );
    fillList(scores, sample.detectors, createScore, (row, scored) => fillScore(row, scored, cut, image));
    setAttribute(canvas, "aria-label", `image ${image}`);
  }

  function paint() {
    const image = imageOf(model);
    const thumbnails = model.get("thumbnails");
    if (image === null || !thumbnails?.data.byteLength) return;
    paintPicture(canvas, detailOf(model)?.picture ?? pictureOf(thumbnails, image));
  }
  model.watchView(["cut"], draw);
  model.watch(["picked", "detail", "classes"], draw);
  model.watch(["picked", "detail", "thumbnails"], paint);
}

/** @param {DetectorBinding} model */
const imageOf = (model) => model.get("picked");

/** @param {DetectorBinding} model @param {Sample} sample @param {number} image @returns {Score[]} */
function topOf(model, sample, image) {
  const top = detailOf(model)?.top;
  if (top?.length) return top.slice(0, CLASSES);
  const index = sample.predicted[image];
  return [
    {
      index,
      label: classText(model.get("classes"), index),
      probability: sample.confidence[image],
      logit: NaN,
    },
  ];
}

/** @param {Cut} cut @param {number} image */
const verdictOf = (cut, image) =>
  scoreText(cut, cut.scored.values[image], rankOf(cut.scored, cut.scored.values[image]));

function createScore() {
  const bar = h("span.xai-score-bar", h("span.xai-score-place"), h("span.xai-score-edge"));
  return h("li", h("span.xai-score-name"), bar, h("span.xai-score-text"));
}

/** @param {HTMLElement} row @param {Scored} scored @param {Cut} cut @param {number} image */
function fillScore(row, scored, cut, image) {
  const [name, bar, text] = /** @type {HTMLElement[]} */ ([...row.children]);
  const [place, edge] = /** @type {HTMLElement[]} */ ([...bar.children]);
  const rank = rankOf(scored, scored.values[image]);
  const driving = scored === cut.scored;
  row.className = `xai-score xai-${scored.kind}`;
  row.classList.toggle("xai-driving-score", driving);
  name.textContent = scored.name;
  place.style.width = `${100 * rank}%`;
  edge.hidden = !driving;
  edge.style.left = `${100 * (1 - cut.rejected / cut.count)}%`;
  text.textContent = `above ${rankText(rank, cut.count)}`;
  row.title = `${scored.doc}: ${short(scored.values[image])}`;
}

/** @param {DetectorBinding} model @param {HTMLElement} el */
function openButtons(model, el) {
  const explorer = h("button.xai-button", { onclick: () => open("explorer") }, "Open in the Explorer");
  const contrast = h("button.xai-button", { onclick: () => open("contrast") }, "Why not …?");
  el.append(h("div.xai-open.xai-live", explorer, contrast));
  function settle() {
    if (model.view.notice === OPENING) model.setView({ notice: "" });
  }
  /** @param {string} what */
  const open = async (what) => {
    const answer = model.command("open", { what });
    model.setView({ notice: OPENING });
    if (!(await answer)) settle();
  };
  model.watch(["opened", "error"], settle);
  model.watch(["explorers"], () => {
    explorer.hidden = !model.get("explorers")?.explorer;
    contrast.hidden = !model.get("explorers")?.contrast;
  });
}
