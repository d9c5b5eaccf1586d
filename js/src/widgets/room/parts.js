import { h } from "../../ui/dom.js";
import { remember, remembered } from "../../lib/memory.js";
import { endText, keysText } from "./text.js";

/** @import { RoomBinding } from "./types.js" */
/** @import { Part } from "./stage.js" */

/** @param {RoomBinding} model */
const memoryKey = (model) => `room.${model.get("study")}`;

/**
 * The second click of two in a row does nothing: there is another button in its place by then.
 * @param {string} text
 * @param {() => void} action
 * @param {boolean} [first] whether Enter presses it
 */
export function button(text, action, first = false) {
  const element = h("button.xai-button.xai-live", { onclick: ({ detail }) => detail < 2 && action() }, text);
  element.classList.toggle("xai-primary", first);
  return element;
}

/** @param {RoomBinding} model @returns {Part} */
export function consentPart(model) {
  const code = remembered(memoryKey(model));
  const begin = async () => {
    const answer = await model.command("begin");
    if (answer) remember(memoryKey(model), answer.code);
  };
  const input = h("input.xai-room-resume", {
    type: "text",
    size: 12,
    value: code ?? "",
    "aria-label": "Your code",
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.stopPropagation();
      resume();
    },
  });
  const resume = async () => {
    const wanted = input.value.trim();
    if (wanted && (await model.command("go_on", { code: wanted }))) remember(memoryKey(model), wanted);
  };
  return {
    nodes: [
      h("p.xai-room-text", model.get("consent")),
      h("div.xai-room-buttons", button("I agree: begin", begin, !code)),
      h(
        "div.xai-room-buttons",
        h("label.xai-room-before", h("span.xai-label", "You began before? Your code"), input),
        button("Go on", resume, Boolean(code)),
      ),
    ],
  };
}

/** @param {RoomBinding} model @returns {Part} */
export function instructionsPart(model) {
  return {
    nodes: [
      h("p.xai-room-text", model.get("instructions")),
      h("p.xai-room-text", keysText(model.get("answers"), model.get("unsure"))),
      h(
        "div.xai-room-buttons",
        button("Start", () => model.command("next"), true),
      ),
    ],
  };
}

/** @param {RoomBinding} model @returns {Part} */
export function ratingPart(model) {
  const ratings = model.get("ratings");
  const rate = (/** @type {number} */ rating) => void model.command("rate", { rating });
  return {
    nodes: [
      h("p.xai-room-text", "How helpful was what you were shown?"),
      h(
        "div.xai-room-buttons.xai-room-ratings",
        ...ratings.map((text, i) => button(`${i + 1}  ${text}`, () => rate(i + 1))),
      ),
    ],
    onKey: (key) => {
      const rating = Number(key);
      if (!(rating >= 1 && rating <= ratings.length)) return false;
      rate(rating);
      return true;
    },
  };
}

/** @param {RoomBinding} model @returns {Part} */
export function donePart(model) {
  remember(memoryKey(model), "");
  return {
    nodes: [
      h("p.xai-room-text", endText(model.get("right"), model.get("total"), model.get("answers").length)),
      h(
        "div.xai-room-buttons",
        button("Next person", () => model.command("leave")),
      ),
    ],
  };
}
