import { h } from "./dom.js";

/** @typedef {{clientX: number, clientY: number} | Element} Near where the hand has been */

/** Milliseconds after which what was said goes by itself. */
const STAYS = 12_000;

/**
 * Says something for a while, beside where the hand has been.
 * @param {HTMLElement} root of the page
 * @param {AbortSignal} signal
 * @returns {(text: string, near: Near) => void} nothing to say: what was said goes
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
