import { h } from "./dom.js";
import { area } from "./page.js";
import { copyText, saveFile } from "./save.js";
import { snapshot } from "./snapshot.js";

/** @import { Binding } from "./binding.js" */
/** @import { View } from "./page.js" */

/**
 * A row of buttons, each of which says when it has worked, or why not.
 * @param {Binding} model
 * @param {HTMLElement} el
 */
function takeAway(model, el) {
  const bar = h("div.xai-take-away", { role: "group", "aria-label": "Take away" });
  el.append(bar);

  /**
   * @param {string} name
   * @param {() => Promise<string | null>} action gives what to say when it has worked
   * @param {boolean} [isLive] needs the kernel
   */
  function button(name, action, isLive = false) {
    const element = h("button.xai-button", name);
    element.classList.toggle("xai-live", isLive);
    element.addEventListener("click", async () => {
      try {
        const notice = await action();
        if (notice) model.setView({ notice, problem: null });
      } catch (error) {
        model.setView({
          problem: { message: `${name}: ${error instanceof Error ? error.message : error}`, column: null },
        });
      }
    });
    bar.append(element);
  }
  return { bar, button };
}

/**
 * Copy texts, besides the Python that gives what is on the screen.
 * @param {Record<string, (model: any) => string>} [texts]
 * @returns {View}
 */
export const copies =
  (texts = {}) =>
  (/** @type {Binding} */ model, el) => {
    const { bar, button } = takeAway(model, el);
    for (const [name, text] of Object.entries({ ...texts, Python: pythonOf })) {
      button(`Copy ${name}`, async () => {
        await copyText(text(model), bar);
        return `${capital(name)} copied`;
      });
    }
  };

/**
 * Save a picture of what is marked `data-export`, files that the kernel makes, and the page itself.
 * @param {string} file name of saved files, without its ending
 * @param {Record<string, (model: any) => Promise<Blob | null>>} [files] a File has its own name; null: it
 *   has failed, and that is said
 * @returns {View}
 */
export const saves =
  (file, files = {}) =>
  (/** @type {Binding} */ model, el) => {
    const { bar, button } = takeAway(model, el);
    const png = () => snapshot(/** @type {HTMLElement} */ (el.closest(".xai-root")));
    for (const [kind, make] of Object.entries({ PNG: png, ...files, HTML: html })) {
      button(
        `Save ${kind}`,
        async () => {
          const blob = await make(model);
          if (blob) saveFile(blob, blob instanceof File ? blob.name : `${file}.${kind.toLowerCase()}`, bar);
          return blob && `${capital(kind)} saved`;
        },
        make !== png,
      );
    }
  };

/**
 * Copy or save what is on the screen.
 * @param {string} file name of saved files, without its ending
 * @param {{files?: Record<string, (model: any) => Promise<Blob | null>>}} [more]
 * @returns {View}
 */
export const exports = (file, { files } = {}) => area("div.xai-exports", [copies(), saves(file, files)]);

/** @param {Binding} model */
const pythonOf = (model) => model.get("code");

/** @param {Binding} model */
async function html(model) {
  const answer = await model.command("html");
  return answer && new Blob([answer.html], { type: "text/html" });
}

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);
