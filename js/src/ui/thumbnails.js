import { fillList, h } from "./dom.js";
import { thumbnailLoader } from "./thumbnail-loader.js";

/** @import { Binding } from "./binding.js" */
/** @import { ShownPicture } from "../schema/shared.js" */

/**
 * A row of small pictures to choose from, each with its name.
 * @param {"xai-thumbnail" | "xai-candidate"} kind
 * @param {string} name for those who do not see it
 * @param {(position: number) => void} onChoose
 * @param {AbortSignal} signal
 * @param {Pick<Binding<any>, "quietly">} model is asked for pictures that come into sight
 */
export function createThumbnails(kind, name, onChoose, signal, model) {
  const draw = thumbnailLoader(model, signal);
  const root = h("div.xai-thumbnails", { role: "group", "aria-label": name });

  /** @param {number} position */
  function create(position) {
    const button = h(
      `button.xai-selectable.${kind}`,
      { onclick: () => onChoose(position) },
      h("canvas", { "aria-hidden": "true" }),
      h("span"),
    );
    return button;
  }

  /** @param {readonly {name: string, label?: string, picture?: string, thumbnail: ShownPicture | null}[]} pictures */
  function show(pictures) {
    fillList(root, pictures, create, (button, { name: title, label, picture = title, thumbnail }) => {
      const canvas = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
      draw(canvas, picture, thumbnail);
      // A sentence is read, not looked at.
      const written = thumbnail?.words?.join(" ") ?? "";
      canvas.hidden = Boolean(written);
      /** @type {HTMLElement} */ (button.lastElementChild).textContent = [written, label || title]
        .filter(Boolean)
        .join(" · ");
      button.title = title;
    });
  }
  return { root, show };
}
