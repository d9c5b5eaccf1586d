import { h, setDisabled } from "../../ui/dom.js";
import { createClock } from "../../lib/clock.js";
import { sideOf } from "./text.js";

/** @import { View } from "../../ui/page.js" */
/** @import { DisagreementBinding } from "./types.js" */

/** @type {readonly ["first" | "second" | "neither", string][]} */
const CHOICES = [
  ["first", "1  The left is right"],
  ["second", "2  The right is right"],
  ["neither", "0  Neither, or I cannot tell"],
];

/**
 * The pictures with the votes: by keys, wherever the focus is in it, with the time from when they were painted.
 * @param {View} pictures
 * @returns {View}
 */
export const votesView = (pictures) => (/** @type {DisagreementBinding} */ model, el, signal) => {
  const place = h("section.xai-disagreement-place", {
    tabindex: 0,
    "aria-label": "Disagreement",
    onkeydown: (event) => {
      const side = sideOf(event.key);
      if (!side || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      vote(side);
      event.preventDefault();
    },
  });
  const buttons = CHOICES.map(([side, text]) => {
    const button = h("button.xai-button.xai-live", { onclick: () => vote(side) }, text);
    return button;
  });
  const said = h("p.xai-label", { role: "status" });
  el.append(place);
  pictures(model, place, signal);
  place.append(
    h("div.xai-disagreement-votes", { role: "group", "aria-label": "Which is right?" }, ...buttons),
    said,
  );
  const clock = createClock(() => performance.now());
  const follow = () => (document.hidden ? clock.hold("hidden") : clock.release("hidden"));
  document.addEventListener("visibilitychange", follow, { signal });
  follow();

  const isOpen = () => {
    const shown = model.get("disagreement");
    return Boolean(shown && !model.get("votes")[shown.place]?.side);
  };
  /** @param {"first" | "second" | "neither"} side */
  function vote(side) {
    const shown = model.get("disagreement");
    if (!shown || !isOpen() || model.view.shown !== shown.index) return;
    model.setView({ shown: -1 });
    model.command("vote", { index: shown.index, side, seconds: clock.read().seconds });
  }
  function show() {
    const open = isOpen();
    for (const button of buttons) setDisabled(button, !open);
    const shown = model.get("disagreement");
    const before = shown ? model.get("votes")[shown.place]?.side : "";
    said.textContent = before ? `You have voted: ${before === "neither" ? before : `the ${before}`}.` : "";
  }
  model.watch(["votes"], show);
  model.watch(["disagreement"], () => {
    show();
    const shown = model.get("disagreement");
    if (!shown) return;
    model.setView({ shown: -1 });
    // From when it is on the screen.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (signal.aborted || model.get("disagreement")?.frame !== shown.frame) return;
        clock.start();
        model.setView({ shown: shown.index });
      }),
    );
  });
};
