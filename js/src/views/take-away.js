import { h } from "../lib/dom.js";
import { copyText, saveFile } from "../lib/take-away.js";

/** @import { Binding } from "../lib/binding.js" */

/**
 * Copy or save what is on the screen.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {object} what
 * @param {string} what.file name of saved files, without its ending
 * @param {Record<string, () => string>} what.texts to copy, by name
 * @param {Record<string, () => Promise<Blob | null>>} what.files to save, by their kind; all but PNG come from the kernel; a File has its own name; null: it has failed, and that is said
 * @param {AbortSignal} signal
 */
export function takeAwayView(model, el, { file, texts, files }, signal) {
  const bar = h("div.xai-take-away", { role: "group", "aria-label": "Take away" });
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

  for (const [name, text] of Object.entries(texts)) {
    button(`Copy ${name}`, async () => {
      await copyText(text(), bar);
      return `${capital(name)} copied`;
    });
  }
  const html = async () => {
    const answer = await model.command("html");
    return answer && new Blob([answer.html], { type: "text/html" });
  };
  for (const [kind, make] of Object.entries({ ...files, HTML: html })) {
    button(`Save ${kind}`, async () => {
      const blob = await make();
      if (blob) saveFile(blob, blob instanceof File ? blob.name : `${file}.${kind.toLowerCase()}`, bar);
      return blob && `${capital(kind)} saved`;
    }, kind === "PNG" ? "" : "xai-live");
  }
}

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);
