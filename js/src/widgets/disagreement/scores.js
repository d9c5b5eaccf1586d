import { h, setDisabled } from "../../ui/dom.js";
import { intervalPlot } from "../../ui/plot/intervals.js";
import { short } from "../../lib/numbers.js";
import { scoreText, verdictText } from "./text.js";

/** @import { DisagreementBinding } from "./types.js" */
/** @import { ShownScore } from "../../schema/disagreement/output.js" */

/**
 * Who was right how often: only once it has ended.
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 */
export function scoresView(model, el) {
  const button = h(
    "button.xai-button.xai-live",
    { title: "Who looks on the way finds what is not there", onclick: () => model.command("end") },
    "End, and see who was right",
  );
  const plot = h("div", { "data-export": "" });
  const text = h("p.xai-disagreement-verdict", { "data-export": "" });
  el.append(h("h3", "Who was right?"), button, plot, text);
  model.watch(["scores", "has_truth", "networks", "neither", "votes"], () => {
    const [scores, hasTruth] = [model.get("scores"), model.get("has_truth")];
    const names = model.get("networks");
    button.hidden = scores.length > 0;
    setDisabled(button, !model.get("votes").some(({ side }) => side));
    plot.replaceChildren(
      intervalPlot(
        scores.map((score) => ({
          name: nameOf(score, names),
          kind: score.judge.startsWith("you") ? "series-1" : "series-2",
          estimate: score.share,
          text: scoreText(score, hasTruth),
        })),
        [0, 1],
        0.5,
        "How often each is right",
      ),
    );
    plot.hidden = !scores.length;
    text.textContent = verdictText(scores, hasTruth, model.get("neither"));
  });
}

/** @param {ShownScore} score @param {readonly [string, string]} networks */
function nameOf({ judge, seconds }, [first, second]) {
  const name = judge.replace("the first", first).replace("the second", second);
  return seconds ? `${name}, ${short(seconds.value)} s a vote` : name;
}
