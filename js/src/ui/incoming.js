import { h } from "./dom.js";

/**
 * What files hold.
 * @typedef {object} Kind
 * @property {string} button
 * @property {string} hint
 * @property {string} title
 * @property {string} accept
 * @property {string} noun
 * @property {(type: string) => boolean} fits a file's media type
 */

/** @typedef {{files: File[], folders: string[]}} Incoming folders are only named */

/** @type {Kind} */
export const PICTURES = {
  button: "Your picture…",
  hint: "or drop or paste one",
  title: "explain a picture of yours; you may also drop or paste it anywhere here",
  accept: "image/*",
  noun: "picture",
  fits: (type) => type.startsWith("image/"),
};

/** @type {Kind} */
export const SENTENCES = {
  button: "Your sentences…",
  hint: "or drop or paste lines",
  title: "a text file with a sentence in each line; you may also drop it anywhere here, or paste lines",
  accept: "text/plain,.txt",
  noun: "text",
  fits: (type) => type.startsWith("text/"),
};

/**
 * @param {DataTransfer | null} clipboard
 * @param {Kind} kind
 * @returns {File[]} what is meant for the widget; a text of one line is for the field one is in
 */
export function pasted(clipboard, kind) {
  const text = clipboard?.getData("text/plain") ?? "";
  if (kind === PICTURES) {
    const pictures = [...(clipboard?.files ?? [])].filter(({ type }) => kind.fits(type));
    return clipboard?.types.includes("text/plain") ? [] : pictures;
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  return lines.length > 1 ? [new File([text], "what was pasted", { type: "text/plain" })] : [];
}

/**
 * A button that opens the file dialog, and the field that has it.
 * @param {string} name
 * @param {string} title
 * @param {(incoming: Incoming, button: HTMLElement) => void} take
 * @param {Kind} [kind]
 */
export function filePicker(name, title, take, { accept } = PICTURES) {
  const button = h("button.xai-button", { title, onclick: () => field.click() }, name);
  const field = h("input", {
    type: "file",
    accept,
    multiple: true,
    hidden: true,
    "aria-label": `${name} file`,
    onchange() {
      const files = [...(field.files ?? [])];
      field.value = ""; // the same file can be chosen again
      take({ files, folders: [] }, button);
    },
  });
  return [field, button];
}

/**
 * @param {HTMLElement} place on which files are dropped; the browser opens none of them
 * @param {string} receiving class while files are held over it
 * @param {(incoming: Incoming, event: DragEvent) => void} take
 */
export function receiveDrops(place, receiving, take) {
  for (const type of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"])) {
    place.addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
      const left =
        type === "dragleave" && !(event.relatedTarget instanceof Node && place.contains(event.relatedTarget));
      if (type !== "dragleave" || left) place.classList.toggle(receiving, type !== "drop" && !left);
      if (type === "drop") take(dropped(event.dataTransfer), event);
    });
  }
}

/** @param {DataTransfer} transfer @returns {Incoming} */
function dropped({ items }) {
  const entries = [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => {
      const entry = item.webkitGetAsEntry?.();
      return { file: item.getAsFile(), folder: entry?.isDirectory ? entry.name : null };
    });
  return {
    files: entries.flatMap(({ file, folder }) => (file && folder === null ? file : [])),
    folders: entries.flatMap(({ folder }) => folder ?? []),
  };
}
