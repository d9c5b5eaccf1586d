import { h } from "../lib/dom.js";
import { copyText, saveFile } from "../lib/take-away.js";
import { explorerPng } from "../lib/png.js";

/** @import { Binding } from "../lib/binding.js" */

/**
 * Copy or save what is on the screen.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function takeAwayView(model, el, signal) {
  const bar = h("div", { class: "xai-take-away", role: "group", "aria-label": "Take away" });
  el.append(bar);

  /**
   * @param {string} name
   * @param {() => Promise<string | null>} action gives what to say when it has worked
   * @param {string} [extra] class
   */
  function button(name, action, extra = "") {
    const element = h("button", { class: `xai-button ${extra}` }, name);
    element.addEventListener("click", async () => {
      try {
        const notice = await action();
        if (notice) model.setView({ notice, problem: null });
      } catch (error) {
        model.setView({ problem: { message: `${name}: ${error instanceof Error ? error.message : error}`, column: null } });
      }
    }, { signal });
    bar.append(element);
  }

  button("Copy query", async () => {
    await copyText(model.get("query"), bar);
    return "Query copied";
  });
  button("Copy Python", async () => {
    await copyText(model.get("code"), bar);
    return "Python copied";
  });
  button("Save PNG", async () => {
    saveFile(await explorerPng(model), "explanation.png", bar);
    return "PNG saved";
  });
  button("Save HTML", async () => {
    const answer = await model.command("html");
    if (!answer) return null;
    saveFile(new Blob([answer.html], { type: "text/html" }), "explanation.html", bar);
    return "HTML saved";
  }, "xai-live");
}
