import { count, short } from "../../lib/numbers.js";

/** @import { ShownOutcome } from "../../schema/room/output.js" */
/** @import { RoomState } from "../../schema/room/state.js" */

/** @param {RoomState["phase"]} phase @param {number} trial @param {number} total */
export function progressText(phase, trial, total) {
  if (phase === "consent") return "Take part in a study";
  if (phase === "instructions") return "Before you begin";
  if (phase === "rating") return "One last question";
  if (phase === "done") return "Thank you";
  return `Question ${count(trial)} of ${count(total)}`;
}

/** @param {readonly string[]} answers @param {boolean} unsure */
export function keysText(answers, unsure) {
  const keys = [
    ...answers.map((text, i) => `${i + 1} for “${text}”`),
    ...(unsure ? ["0 if you cannot tell"] : []),
  ];
  return (
    `Answer by these keys, or by the buttons: ${keys.join(", ")}. P pauses; the time stands still then, ` +
    `and while this page is out of sight.`
  );
}

/** @param {ShownOutcome} outcome */
export function outcomeText({ right, answer, truth }) {
  if (right) return `Right: ${truth}.`;
  return answer ? `Not right: it is ${truth}, and not ${answer}.` : `It is ${truth}.`;
}

/** @param {number | null} right @param {number} total @param {number} answers how many there are to choose from */
export function endText(right, total, answers) {
  const score =
    right === null
      ? ""
      : ` ${count(right)} of your ${count(total)} answers ${right === 1 ? "is" : "are"} right; by guessing it ` +
        `would be ${short(total / answers)}.`;
  return `All is answered and kept.${score}`;
}

/**
 * The answer that a key gives: its place, -1 for "I cannot tell", null for none.
 * @param {string} key
 * @param {number} answers
 * @param {boolean} unsure
 */
export function answerOf(key, answers, unsure) {
  if (!/^\d$/.test(key)) return null;
  const number = Number(key);
  if (number === 0) return unsure ? -1 : null;
  return number <= answers ? number - 1 : null;
}
