import { h } from "./dom.js";

/**
 * @param {string} text
 * @param {HTMLElement} place where a passing field may stand
 */
export async function copyText(text, place) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // There is no clipboard on plain http, and a page may be refused it.
    copyBySelection(text, place);
  }
}

/** @param {string} text @param {HTMLElement} place */
function copyBySelection(text, place) {
  const focused = document.activeElement;
  const field = h("textarea", {
    "aria-hidden": "true",
    readonly: true,
    style: "position: fixed; opacity: 0",
  });
  field.value = text;
  place.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  if (!copied) throw new Error("the browser does not allow it");
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {HTMLElement} place
 */
export function saveFile(blob, name, place) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name, hidden: true });
  place.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
