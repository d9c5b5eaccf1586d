import { h, svg } from "./dom.js";

/** Pixels of the picture for one of the screen. */
const SCALE = 2;
const DRAWN = "img, svg, table";
/** What the page around, or the system, decides. */
const FROM_OUTSIDE = /--(?:xai|jp|vscode|default)-[\w-]+/g;

/**
 * A picture of what is marked `data-export` and seen: a copy of these parts, laid out anew by the page's own rules.
 * @param {HTMLElement} root of the page
 * @returns {Promise<Blob>}
 */
export async function snapshot(root) {
  const copy = /** @type {HTMLElement} */ (copyOf(root, false));
  if (!copy?.querySelector(DRAWN)) throw new Error("there is no picture yet");
  const rules = rulesOf(root);
  const { width, height } = settle(copy, root, rules);
  const inside = svg("foreignObject", { width, height }, h("style", rules), copy);
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, inside);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
  await image.decode();
  const canvas = h("canvas", { width: SCALE * width, height: SCALE * height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))),
      "image/png",
    ),
  );
}

/**
 * @param {Element} element
 * @param {boolean} marked whether something around it is
 * @returns {Element | null} null: there is nothing to see of it
 */
function copyOf(element, marked) {
  const whole = marked || element.hasAttribute("data-export");
  if (!element.checkVisibility() || !(whole || element.querySelector("[data-export]"))) return null;
  if (element instanceof HTMLCanvasElement)
    return h("img", {
      class: element.className,
      style: element.getAttribute("style"),
      src: element.toDataURL(),
    });
  // What is folded out has lost the summary that it was folded under.
  const copy = /** @type {Element} */ (
    element instanceof HTMLDetailsElement ? h("div") : element.cloneNode(false)
  );
  if (element instanceof HTMLInputElement) copy.setAttribute("value", element.value);
  for (const child of element.childNodes) {
    const part = child instanceof Element ? copyOf(child, whole) : whole && child.cloneNode();
    if (part) copy.append(part);
  }
  // Drawings keep their size, whatever has gone from beside them.
  if (element instanceof SVGSVGElement)
    copy.setAttribute("style", `width: ${element.clientWidth}px; height: ${element.clientHeight}px`);
  return whole || copy.hasChildNodes() ? copy : null;
}

/** @param {HTMLElement} root @returns {string} the rules of our sheet */
function rulesOf(root) {
  const place = /** @type {Document | ShadowRoot} */ (root.getRootNode());
  const rules = [...place.styleSheets, ...place.adoptedStyleSheets].flatMap((sheet) => {
    try {
      return Array.from(sheet.cssRules, ({ cssText }) => cssText);
    } catch {
      return []; // another site's, which may not be read
    }
  });
  return [...new Set(rules.filter((rule) => rule.includes("xai-")))].join("\n");
}

/**
 * Gives the copy the looks that the page has here, and measures it.
 * @param {HTMLElement} copy
 * @param {HTMLElement} root
 * @param {string} rules
 */
function settle(copy, root, rules) {
  const look = getComputedStyle(root);
  for (const name of new Set(rules.match(FROM_OUTSIDE))) {
    const value = look.getPropertyValue(name);
    if (value) copy.style.setProperty(name, value);
  }
  const dark =
    look.colorScheme === "light dark"
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : look.colorScheme === "dark";
  copy.style.colorScheme = dark ? "dark" : "light";
  const width = root.offsetWidth;
  copy.style.width = `${width}px`;
  const holder = h("div", { style: "position: absolute; visibility: hidden" }, copy);
  root.after(holder);
  const height = copy.offsetHeight;
  holder.remove();
  return { width, height };
}
