import { h, fillList, setAttribute, setBlocked, isDisabled } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { paintPicture } from "../lib/paint.js";
import { sharesOf } from "../lib/weights.js";

/** @import { ExplorerBinding, Operator } from "../lib/explorer-types.js" */

const NOTHING_CHOSEN = "choose a picture to compare with first";

/**
 * Join or anti-join with other pictures, or with the same one under another network.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function compareView(model, el, signal) {
  let chosen = "";
  const candidates = h("div.xai-candidates", { role: "group", "aria-label": "Pictures to compare with" });
  const bar = h("div.xai-compare-bar", h("span.xai-label", { "aria-hidden": "true" }, "Compare"));
  const root = h("section.xai-compare.xai-live", { "aria-label": "Compare" }, bar, candidates);
  el.append(root);

  /** @param {string} name @param {() => unknown} action */
  function button(name, action) {
    const element = h("button.xai-button", name);
    element.addEventListener("click", () => isDisabled(element) || action(), { signal });
    bar.append(element);
    return element;
  }
  /** @param {Operator} operator */
  async function compare(operator) {
    const name = chosen;
    choose(""); // a second click must not compare with it twice
    if (!(await model.command("compare", { operator, name })) && !chosen) choose(name);
  }
  /** @param {boolean} same whose class; alike pictures are joined, others set against each other, unless chosen already */
  const randomly = (same) => model.get("operator") || (same ? "join" : "left join");
  /** @param {boolean} same */
  const random = (same) => model.command("random", { operator: randomly(same), same });

  const join = button("Join", () => compare("join"));
  const anti = button("Anti-join", () => compare("left join"));
  const same = button("Random: same class", () => random(true));
  const another = button("Random: another class", () => random(false));
  incoming(model, root, button, choose, signal);

  function show() {
    const blocked = model.get("blocked");
    const reason = chosen ? blocked[`candidate:${chosen}`] : NOTHING_CHOSEN;
    setBlocked(join, blocked.join || reason, "one map for all");
    setBlocked(anti, blocked["left join"] || reason, "what tells one from the other");
    setBlocked(same, blocked[randomly(true)], `${randomly(true)} with a random picture of the same class`);
    setBlocked(another, blocked[randomly(false)], `${randomly(false)} with a random picture of another class`);
    model.get("candidates").forEach(({ name, label }, i) => {
      const element = /** @type {HTMLElement | undefined} */ (candidates.children[i]);
      if (!element) return;
      setAttribute(element, "aria-pressed", String(name === chosen));
      setBlocked(element, blocked[`candidate:${name}`], label || name);
    });
  }

  /** @param {string} name */
  function choose(name) {
    chosen = name;
    show();
  }

  /** @param {number} position */
  function create(position) {
    const element = h("button.xai-candidate", h("canvas", { "aria-hidden": "true" }), h("span"));
    element.addEventListener("click", () => {
      const { name } = model.get("candidates")[position];
      if (!isDisabled(element)) choose(name === chosen ? "" : name);
    }, { signal });
    return element;
  }

  model.watch(["candidates"], () => {
    const all = model.get("candidates");
    if (!all.some(({ name }) => name === chosen)) chosen = "";
    fillList(candidates, all, create, (element, { name, label, thumbnail }) => {
      paintPicture(/** @type {HTMLCanvasElement} */ (element.firstElementChild), thumbnail);
      /** @type {HTMLElement} */ (element.lastElementChild).textContent = label || name;
    });
    show();
  });
  model.watch(["blocked", "operator"], show);
  partners(model, root, signal);
}

/**
 * Pictures that come from outside: a file, one dropped here, one pasted anywhere in the widget.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 * @param {(name: string, action: () => void) => HTMLElement} button
 * @param {(name: string) => void} onAdded
 * @param {AbortSignal} signal
 */
function incoming(model, root, button, onAdded, signal) {
  const field = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, "aria-label": "Picture file" });
  root.append(field);
  button("File…", () => field.click()).title = "add a picture from a file; or drop or paste one here";

  /** @param {Iterable<File>} files */
  async function add(files) {
    for (const file of files) {
      const answer = await model.command("add", { name: file.name }, { buffers: [await file.arrayBuffer()] });
      if (answer) onAdded(answer.name);
    }
  }
  field.addEventListener("change", async () => {
    await add([...(field.files ?? [])]);
    field.value = "";
  }, { signal });

  for (const type of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    root.addEventListener(type, (event) => {
      const { items = [], files = [] } = event.dataTransfer ?? {};
      if (![...items].some(({ kind }) => kind === "file")) return;
      event.preventDefault();
      event.stopPropagation();
      root.classList.toggle("xai-dropping", type === "dragover");
      if (type === "drop") add([...files]);
    }, { signal });
  }
  root.closest(".xai-explorer")?.addEventListener("paste", (event) => {
    const { files = [], types = [] } = /** @type {ClipboardEvent} */ (event).clipboardData ?? {};
    const pictures = [...files].filter(({ type }) => type.startsWith("image/"));
    // What is text as well is meant for the field one is in.
    if (!pictures.length || types.includes("text/plain")) return;
    event.preventDefault();
    add(pictures);
  }, { signal });
}

/**
 * The partners in force, and how much they count.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
function partners(model, root, signal) {
  const word = h("span.xai-label");
  const chips = h("ol.xai-partners", { "aria-label": "Compared with" });
  const slider = h("input.xai-weight", { type: "range", "aria-label": "Weight", min: 0, max: 1, step: 0.01 });
  const said = h("output");
  const equal = h("button.xai-link", "equal");
  const weight = h("div.xai-group-row", h("span.xai-label", { "aria-hidden": "true" }, "Weight"), slider, said, equal);
  const printed = h("input.xai-printed", { type: "checkbox" });
  const form = h("label.xai-check", printed, "as printed in the paper");
  const line = h("div.xai-group-row", word, chips, weight, form);
  root.append(line);

  /** @param {number} position */
  function create(position) {
    const away = h("button.xai-away", icon("close"));
    away.addEventListener("click", () => model.command("uncompare", { name: model.get("partners")[position] }), { signal });
    return h("li.xai-partner", h("span"), away);
  }

  function show() {
    const [names, operator, blocked] = [model.get("partners"), model.get("operator"), model.get("blocked")];
    line.hidden = !operator;
    word.textContent = operator === "join" ? "Joined with" : "Anti-joined with";
    fillList(chips, names, create, (chip, name) => {
      /** @type {HTMLElement} */ (chip.firstElementChild).textContent = name;
      setAttribute(/** @type {Element} */ (chip.lastElementChild), "aria-label", `Take ${name} away`);
    });
    const weights = model.get("weights");
    const shares = sharesOf(weights);
    const title = model.get("pictures")[model.get("index")]?.name ?? "picture";
    weight.hidden = operator !== "join";
    said.textContent = shares.map((share, i) => `${i ? names[i - 1] : title} ${Math.round(100 * share)} %`).join(" · ");
    slider.setAttribute("aria-valuetext", said.textContent);
    slider.value = String(shares[0]);
    setBlocked(slider, blocked.weight || (names.length > 1 ? "with more than one partner weights are set in the query" : undefined));
    equal.hidden = isDisabled(slider) || weights[0] === null;
    form.hidden = operator !== "left join";
    printed.checked = model.get("printed");
    setBlocked(printed, blocked.printed);
  }
  model.watch(["partners", "operator", "weights", "printed", "blocked", "pictures", "index"], show);

  slider.addEventListener("input", () => (isDisabled(slider) ? show() : model.set({ weights: [slider.valueAsNumber] })), { signal });
  equal.addEventListener("click", () => {
    model.set({ weights: [null] });
    slider.focus();
  }, { signal });
  printed.addEventListener("click", (event) => isDisabled(printed) && event.preventDefault(), { signal });
  printed.addEventListener("change", () => model.set({ printed: printed.checked }), { signal });
}
