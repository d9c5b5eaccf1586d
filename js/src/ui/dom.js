const FOCUSABLE = new Set(["a", "button", "input", "select", "summary", "textarea"]);

/**
 * @template {string} S
 * @typedef {S extends `${infer T extends keyof HTMLElementTagNameMap}.${string}` ? T
 *   : S extends keyof HTMLElementTagNameMap ? S : never} TagOf
 */

/**
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Values
 * @typedef {{[K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void}} Listeners
 * @typedef {Values & Listeners} Attributes those that are false or null are left out
 */

/**
 * An element with its attributes, listeners and children; strings become text, never markup. Listeners go with it.
 * @template {string} S
 * @param {S} selector a tag with classes: "button.xai-button.xai-run"
 * @param {Attributes | Node | string} [first] attributes and listeners, or the first child
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[TagOf<S>]}
 */
export function h(selector, first = {}, ...children) {
  if (typeof first === "string" || first instanceof Node) return h(selector, {}, first, ...children);
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(first)) {
    if (typeof value !== "function") setAttribute(element, name, value);
    // A greyed button keeps the focus, but does nothing.
    else
      element.addEventListener(name.slice(2), (event) => {
        if (event.type !== "click" || !isDisabled(element)) value(event);
      });
  }
  // JupyterLab takes arrow keys and letters from whatever is focused unless that very element says this.
  if (FOCUSABLE.has(tag) || "tabindex" in first) element.dataset.lmSuppressShortcuts = "true";
  if (tag === "button" && !("type" in first)) element.setAttribute("type", "button");
  element.append(...children);
  return /** @type {HTMLElementTagNameMap[TagOf<S>]} */ (element);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

/**
 * Keeps the element focusable, so that the focus is not lost under the hands.
 * @param {HTMLElement} element
 * @param {boolean} disabled
 */
export function setDisabled(element, disabled) {
  setAttribute(element, "aria-disabled", disabled ? "true" : null);
}

/**
 * Greys a control and tells why (`blockedView` of the Explorer shows it); without a reason it works again.
 * @param {HTMLElement} element
 * @param {string | undefined} reason
 * @param {string} [title] what it does when it works
 */
export function setBlocked(element, reason, title) {
  setDisabled(element, Boolean(reason));
  setAttribute(element, "data-blocked", reason);
  setAttribute(element, "title", reason || title);
}

/** @param {HTMLElement} element */
export const isDisabled = (element) => element.getAttribute("aria-disabled") === "true";

/**
 * As many children as items, each filled anew; elements stay, and with them the focus.
 * @template T
 * @template {HTMLElement} E
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {(position: number) => E} create
 * @param {(element: E, item: T, position: number) => void} fill
 */
export function fillList(parent, items, create, fill) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  items.forEach((item, position) => {
    let element = /** @type {E | undefined} */ (parent.children[position]);
    if (!element) {
      element = create(position);
      parent.append(element);
    }
    fill(element, item, position);
  });
}

/**
 * @param {() => void} action
 * @returns {() => void} asks for the action in the next animation frame, however often it is asked
 */
export function oncePerFrame(action) {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      action();
    });
  };
}

/**
 * Hears how wide an element is: asked for after something was written, the page is laid out once more.
 * @param {Element} element
 * @param {AbortSignal} signal
 * @param {(width: number) => void} hear called at first, and when the element's size has changed
 */
export function watchWidth(element, signal, hear) {
  const observer = new ResizeObserver(([{ contentRect }]) => hear(contentRect.width));
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
