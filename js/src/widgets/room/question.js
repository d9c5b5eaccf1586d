import { h, setDisabled } from "../../ui/dom.js";
import { button } from "./parts.js";
import { answerOf, outcomeText } from "./text.js";
import { showView } from "./views.js";

/** @import { createClock } from "../../lib/clock.js" */
/** @import { RoomBinding } from "./types.js" */
/** @import { Part } from "./stage.js" */

/**
 * The item with what its arm shows, and the answers; after one, whether it was right.
 * @param {RoomBinding} model
 * @param {ReturnType<typeof createClock>} clock
 * @param {AbortSignal} signal
 * @returns {Part}
 */
export function questionPart(model, clock, signal) {
  const [item, view, outcome] = [model.get("item"), model.get("view"), model.get("outcome")];
  const trial = model.get("trial");
  const shown = [
    ...(item ? [showView(item, "what is asked about", signal)] : []),
    ...(view ? [showView(view, outcome ? "what is important" : "shown beside it", signal)] : []),
  ];
  const pictures = h("div.xai-room-pictures", ...shown.map(({ element }) => element));
  if (outcome) return feedbackPart(model, pictures);

  const answers = model.get("answers");
  const choices = [
    ...answers.map((text, i) => ({ answer: i, text: `${i + 1}  ${text}` })),
    ...(model.get("unsure") ? [{ answer: -1, text: "0  I cannot tell" }] : []),
  ];
  /** @param {number} answer */
  function give(answer) {
    if (model.view.shown !== trial || model.view.paused) return;
    model.setView({ shown: 0 });
    for (const each of buttons) setDisabled(each, true);
    const { seconds, away } = clock.read();
    model.command("answer", { trial, answer, seconds, away }).then((taken) => {
      // A failure is said, and the person answers again.
      if (taken || signal.aborted) return;
      for (const each of buttons) setDisabled(each, false);
      model.setView({ shown: trial });
    });
  }
  const buttons = choices.map(({ answer, text }) => button(text, () => give(answer)));
  const asked = h("p.xai-room-asked", model.get("question"));
  const pause = button("Pause (P)", toggle);
  const covered = h("p.xai-room-text", { hidden: true }, "Paused. The time stands still.");
  function toggle() {
    if (!model.view.paused && model.view.shown !== trial) return;
    const paused = !model.view.paused;
    model.setView({ paused });
    if (paused) clock.hold("paused");
    else clock.release("paused");
    pictures.hidden = paused;
    covered.hidden = !paused;
    pause.textContent = paused ? "Go on (P)" : "Pause (P)";
    for (const each of buttons) setDisabled(each, paused);
  }

  async function onPaint() {
    for (const each of buttons) setDisabled(each, true);
    await Promise.all(shown.map(({ ready }) => ready));
    await nextPaint();
    if (signal.aborted) return;
    clock.start();
    model.quietly("seen", { trial });
    for (const each of buttons) setDisabled(each, false);
    model.setView({ shown: trial });
  }

  return {
    nodes: [asked, h("div.xai-room-buttons.xai-room-answers", ...buttons, pause), pictures, covered],
    onPaint,
    onKey: (key) => {
      if (key.toLowerCase() === "p") {
        toggle();
        return true;
      }
      const answer = answerOf(key, answers.length, model.get("unsure"));
      if (answer !== null) give(answer);
      // Also digits that are no answer: to the notebook they would be commands.
      return /^\d$/.test(key);
    },
  };
}

/** @param {RoomBinding} model @param {HTMLElement} pictures @returns {Part} */
function feedbackPart(model, pictures) {
  const outcome = model.get("outcome");
  const text = h("p.xai-room-outcome", { role: "status" }, outcome ? outcomeText(outcome) : "");
  text.classList.toggle("xai-room-right", Boolean(outcome?.right));
  return {
    nodes: [
      text,
      h(
        "div.xai-room-buttons",
        button("Next (Enter)", () => model.command("next"), true),
      ),
      pictures,
    ],
  };
}

/** When what was laid out now is on the screen. @returns {Promise<void>} */
const nextPaint = () =>
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
