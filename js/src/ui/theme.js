/**
 * Tells when an element's colours have become others: with the theme of the page around, or the system's.
 * @param {Element} element
 * @param {AbortSignal} signal
 * @param {() => void} onChange
 */
export function watchTheme(element, signal, onChange) {
  let known = "";
  function look() {
    const { color } = getComputedStyle(element);
    const isOther = known !== "" && color !== known;
    known = color;
    if (isOther) onChange();
  }
  // What hosts do to change it is to set an attribute, once the sheets are there.
  const changes = new MutationObserver(() => requestAnimationFrame(look));
  for (const host of [document.documentElement, document.body]) changes.observe(host, { attributes: true });
  signal.addEventListener("abort", () => changes.disconnect());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look, { signal });
  requestAnimationFrame(look);
}
