import { h } from "../../ui/dom.js";
import { cellMapOf } from "../../lib/maps.js";
import { percent } from "../../lib/numbers.js";
import { isAnswered } from "./shown.js";
import { asideOf } from "./words.js";
import { answerOf } from "./answer-text.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * The question in words, and the answer in one sentence.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function headlineView(model, el) {
  const [name, share, aside, answer] = [
    h("span.xai-headline-name"),
    h("span.xai-headline-share"),
    h("span"),
    h("p.xai-headline-answer"),
  ];
  const question = h("h2.xai-question", "Why ", h("span.xai-headline-class", name, " ", share), aside, "?");
  el.append(h("div.xai-headline", { "data-export": "" }, question, answer));

  function show() {
    const prediction = model.get("prediction");
    const index = model.get("target") ?? prediction?.target?.index ?? 0;
    const score = [prediction?.target, ...(prediction?.top ?? [])].find((each) => each?.index === index);
    name.textContent = score?.label ?? model.get("classes")[index] ?? "";
    share.textContent = score ? percent(score.probability) : "";
    const network = model.get("swapped") ? model.get("networks")[0] : "";
    aside.textContent = asideOf({
      network,
      layer: model.get("layer"),
      operator: model.get("operator"),
      partners: model.get("partners"),
    });
    answer.textContent = sentence();
  }

  function sentence() {
    const {
      main: { attribution, picture },
      waiting,
    } = model.view.shown;
    if (!attribution) return "";
    // A sentence about another question than the one above it would be false.
    if (!isAnswered(model) || waiting) return "Looking…";
    const answer = answerOf(
      cellMapOf(attribution),
      model.get("trail").length > 0,
      attribution.output === "attention",
      picture?.words,
    );
    return attribution.first_look ? `At first look: ${answer[0].toLowerCase()}${answer.slice(1)}` : answer;
  }

  model.watch(
    ["prediction", "target", "method", "classes", "networks", "layer", "operator", "partners", "trail"],
    show,
  );
  model.watchView(["shown"], show);
}
