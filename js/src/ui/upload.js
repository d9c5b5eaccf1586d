import { h } from "./dom.js";
import { count } from "../lib/numbers.js";
import { filePicker, pasted, PICTURES, receiveDrops } from "./incoming.js";
import { createNotice } from "./notice.js";

/** @import { Binding } from "./binding.js" */
/** @import { Incoming, Kind } from "./incoming.js" */
/** @import { Near } from "./notice.js" */

/** Bytes, as the kernel takes them. */
const LARGEST = 20_000_000;
const SHOWN_PROBLEMS = 3;

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
  const take = taker(model, el, {}, onAdded, signal, kind);
  const [field, button] = filePicker(kind.button, title, take, kind);
  el.append(h("div.xai-upload.xai-live", field, button, h("span.xai-label", kind.hint)));
  receiveDrops(root, "xai-receiving", take);
  root.addEventListener("paste", (event) => {
    const files = pasted(event.clipboardData, kind);
    if (!files.length) return;
    event.preventDefault();
    take({ files, folders: [] }, event.target instanceof Element ? event.target : button);
  });
}

/**
 * What takes files that come in, and says beside where they came what is wrong with them.
 * @param {Pick<Binding<any>, "command">} model
 * @param {HTMLElement} el
 * @param {Record<string, unknown>} fields of the command, besides the file's name
 * @param {(added: {name: string, index: number}) => void} onAdded of several the last
 * @param {AbortSignal} signal
 * @param {Kind} [kind]
 */
export function taker(model, el, fields, onAdded, signal, kind = PICTURES) {
  const say = createNotice(/** @type {HTMLElement} */ (el.closest(".xai-root")), signal);
  /** @param {Incoming} incoming @param {Near} near */
  return async (incoming, near) => {
    const added = await addFiles(model, incoming, fields, (text) => say(text, near), kind);
    const last = added.at(-1);
    if (last) onAdded(last);
  };
}

/**
 * Hands files to the kernel, one after the other; one that is refused keeps no other back.
 * @param {Pick<Binding, "command">} model
 * @param {Incoming} incoming
 * @param {Record<string, unknown>} fields of the command, besides the file's name
 * @param {(text: string) => void} say
 * @param {Kind} kind
 * @returns {Promise<{name: string, index: number, notes: string[]}[]>} what was added
 */
async function addFiles(model, { files, folders }, fields, say, kind) {
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
