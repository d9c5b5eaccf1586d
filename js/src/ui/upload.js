import { h } from "./dom.js";
import { count } from "../lib/numbers.js";

/** @import { Binding } from "./binding.js" */

/** Bytes, as the kernel takes them. */
const LARGEST = 20_000_000;
const SHOWN_PROBLEMS = 3;
/** Milliseconds after which what was said goes by itself. */
const STAYS = 12_000;

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

/** @type {Kind} */
const PICTURES = {
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

/** @typedef {(text: string, near: {clientX: number, clientY: number} | Element) => void} Say */

/**
 * One's own picture: a file chosen, dropped anywhere on the widget or pasted becomes the one that is explained.
 * @param {Pick<Binding<{index: number}>, "command" | "set">} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export const uploadView = (model, el, signal) =>
  uploads(model, el, PICTURES.title, ({ index }) => model.set({ index }), signal);

/**
 * Takes pictures, or other files, by file, by drop and by paste.
 * @param {Pick<Binding<any>, "command">} model
 * @param {HTMLElement} el
 * @param {string} title what becomes of them
 * @param {(added: {name: string, index: number}) => void} onAdded of several the last
 * @param {AbortSignal} signal
 * @param {Kind} [kind]
 */
export function uploads(model, el, title, onAdded, signal, kind = PICTURES) {
  const root = /** @type {HTMLElement} */ (el.closest(".xai-root"));
  const say = createNotice(root, signal);
  const { field, button } = filePicker(kind.button, title, kind);
  el.append(h("div.xai-upload.xai-live", field, button, h("span.xai-label", kind.hint)));

  /** @param {Incoming} incoming @param {Parameters<Say>[1]} near */
  async function explain(incoming, near) {
    const added = await addFiles(model, incoming, {}, (text) => say(text, near), kind);
    const last = added.at(-1);
    if (last) onAdded(last);
  }
  field.addEventListener("change", () => explain(filesOf(field), button));
  receiveDrops(root, "xai-receiving", (incoming, event) => explain(incoming, event));
  root.addEventListener("paste", (event) => {
    const files = pasted(event.clipboardData, kind);
    if (!files.length) return;
    event.preventDefault();
    explain({ files, folders: [] }, event.target instanceof Element ? event.target : button);
  });
}

/**
 * @param {DataTransfer | null} clipboard
 * @param {Kind} kind
 * @returns {File[]} what is meant for the widget; a text of one line is for the field one is in
 */
function pasted(clipboard, kind) {
  const text = clipboard?.getData("text/plain") ?? "";
  if (kind === PICTURES) {
    const pictures = [...(clipboard?.files ?? [])].filter(({ type }) => kind.fits(type));
    return clipboard?.types.includes("text/plain") ? [] : pictures;
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  return lines.length > 1 ? [new File([text], "what was pasted", { type: "text/plain" })] : [];
}

/** @typedef {{files: File[], folders: string[]}} Incoming folders are only named */

/**
 * A button that opens the file dialog.
 * @param {string} name
 * @param {string} title
 * @param {Kind} [kind]
 */
export function filePicker(name, title, { accept } = PICTURES) {
  const field = h("input", {
    type: "file",
    accept,
    multiple: true,
    hidden: true,
    "aria-label": `${name} file`,
  });
  const button = h("button.xai-button", { title, onclick: () => field.click() }, name);
  return { field, button };
}

/** @param {HTMLInputElement} field @returns {Incoming} what was chosen; the same file can be chosen again */
export function filesOf(field) {
  const files = [...(field.files ?? [])];
  field.value = "";
  return { files, folders: [] };
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

/**
 * Hands files to the kernel, one after the other; one that is refused keeps no other back.
 * @param {Pick<Binding, "command">} model
 * @param {Incoming} incoming
 * @param {Record<string, unknown>} fields of the command, besides the file's name
 * @param {(text: string) => void} say
 * @param {Kind} [kind]
 * @returns {Promise<{name: string, index: number, notes: string[]}[]>} what was added
 */
export async function addFiles(model, { files, folders }, fields, say, kind = PICTURES) {
  const added = [];
  const problems = folders.map((name) => `${name} is a folder: drop the ${kind.noun}s in it`);
  for (const [i, file] of files.entries()) {
    if (files.length > 1) say(`Adding ${i + 1} of ${files.length}: ${file.name}`);
    const reason = reasonAgainst(file, kind);
    const buffer = reason ? null : await file.arrayBuffer().catch(() => null);
    if (!buffer) {
      problems.push(reason || `${file.name} cannot be read`);
      continue;
    }
    let refusal = "the kernel does not answer: run the cell again";
    const onError = (/** @type {Error} */ error) => void (refusal = error.message);
    const answer = await model.command("add", { name: file.name, ...fields }, { buffers: [buffer], onError });
    if (answer) added.push(answer);
    else problems.push(refusal.startsWith(file.name) ? refusal : `${file.name}: ${refusal}`);
  }
  say(summary(added, problems));
  return added;
}

/** @param {File} file @param {Kind} kind @returns {string} why it is not even sent */
function reasonAgainst({ name, type, size }, { noun, fits }) {
  if (type && !fits(type)) return `${name} is no ${noun}`;
  if (size > LARGEST)
    return `${name} has ${count(size / 1e6)} MB; a ${noun} may have ${count(LARGEST / 1e6)}`;
  return "";
}

/** @param {{name: string, notes: string[]}[]} added @param {string[]} problems @returns {string} empty: all is well */
function summary(added, problems) {
  const notes = added.flatMap(({ name, notes: each }) => each.map((note) => `${name}: ${note}`));
  const told = [...problems, ...notes];
  const more = told.length > SHOWN_PROBLEMS ? [`and ${told.length - SHOWN_PROBLEMS} more`] : [];
  const start = problems.length && added.length ? [`${added.length} added, ${problems.length} not`] : [];
  return [...start, ...told.slice(0, SHOWN_PROBLEMS), ...more].join("\n");
}

/**
 * Says something for a while, beside where the hand has been.
 * @param {HTMLElement} root of the page
 * @param {AbortSignal} signal
 * @returns {Say} nothing to say: what was said goes
 */
export function createNotice(root, signal) {
  const notice = h("div.xai-upload-notice", { role: "alert", hidden: true });
  root.append(notice);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const away = () => {
    notice.hidden = true;
  };
  notice.addEventListener("click", away);
  signal.addEventListener("abort", () => clearTimeout(timer));
  return (text, near) => {
    clearTimeout(timer);
    notice.hidden = !text;
    notice.textContent = text;
    if (!text) return;
    timer = setTimeout(away, STAYS);
    const frame = root.getBoundingClientRect();
    const box =
      near instanceof Element ? near.getBoundingClientRect() : { left: near.clientX, bottom: near.clientY };
    notice.style.left = `${Math.max(0, Math.min(box.left - frame.left, frame.width - notice.offsetWidth))}px`;
    notice.style.top = `${Math.max(0, Math.min(box.bottom - frame.top, frame.height - notice.offsetHeight))}px`;
  };
}
