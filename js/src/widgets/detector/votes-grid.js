import { fillList, h, setAttribute } from "../../ui/dom.js";
import { detailOf } from "./picked.js";
import { classText } from "./text.js";
import { count, percent } from "../../lib/numbers.js";

/** @import { DetectorBinding } from "./types.js" */
/** @import { ShownVotes } from "../../schema/detector/output.js" */

/**
 * What each mutant of the network says, as they are asked.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 */
export function wallView(model, el) {
  const title = h(
    "h4",
    {
      title:
        "Mutants: copies with a few weights changed. The share of them that predicts another class is " +
        "the label change rate",
    },
    "What slightly changed copies of the network say",
  );
  const tiles = h("div.xai-tiles", { role: "img" });
  const text = h("p.xai-wall-text");
  const others = h("p.xai-wall-others.xai-label");
  const keys = h(
    "p.xai-colour-keys.xai-label",
    h("span.xai-keep-key", "the same"),
    h("span.xai-change-key", "another class"),
    h("span.xai-wait-key", "not yet asked"),
  );
  const root = h(
    "section.xai-wall",
    { "aria-label": "Votes" },
    title,
    h("div.xai-wall-row", tiles, h("div.xai-wall-words", text, others, keys)),
  );
  el.append(root);

  model.watch(["detail", "picked", "classes"], () => {
    const votes = detailOf(model)?.votes;
    const own = model.view.sample?.predicted[model.get("picked") ?? -1];
    root.hidden = !votes;
    if (!votes) return;
    const names = model.get("classes");
    const said = Array.from(votes.classes);
    tiles.style.setProperty("--xai-tiles", String(Math.ceil(Math.sqrt(votes.count))));
    fillList(
      tiles,
      said,
      () => h("span"),
      (tile, vote) => {
        const kind = vote < 0 ? "xai-wait" : vote === own ? "xai-keep" : "xai-changed";
        const name = vote < 0 ? "not yet asked" : classText(names, vote);
        if (tile.className !== kind) tile.className = kind;
        if (tile.title !== name) tile.title = name;
      },
    );
    text.textContent = wallText(votes);
    others.textContent = othersText(said, own, names);
    setAttribute(tiles, "aria-label", text.textContent);
  });
}

/** @param {ShownVotes} votes */
function wallText({ count: all, done, changed }) {
  if (!done) return `${count(all)} copies are asked`;
  const soFar = done < all ? " so far" : "";
  return (
    `${count(Math.round(changed * done))} of ${count(done)} copies change their mind${soFar}: ` +
    `${percent(changed, 0)}`
  );
}

/** @param {number[]} said @param {number | undefined} own @param {readonly string[]} names */
function othersText(said, own, names) {
  /** @type {Map<number, number>} */
  const votes = new Map();
  for (const vote of said) if (vote >= 0 && vote !== own) votes.set(vote, (votes.get(vote) ?? 0) + 1);
  const most = [...votes].sort((a, b) => b[1] - a[1]).slice(0, 3);
  return most.length
    ? `instead: ${most.map(([vote, number]) => `${classText(names, vote)} (${number})`).join(", ")}`
    : "";
}
