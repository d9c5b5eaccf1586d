import { h, setAttribute } from "./dom.js";

/**
 * The list under a field of what fits what was typed; the field keeps the focus.
 * @template T
 * @param {HTMLInputElement} input
 * @param {{name: string, className?: string, draw: (option: T) => (Node | string)[], onChoose: (option: T)
 *   => void}} what
 */
export function listbox(input, { name, className = "", draw, onChoose }) {
  const id = `xai-${Math.random().toString(36).slice(2)}`;
  const list = h("ul", {
    class: `xai-hits ${className}`,
    role: "listbox",
    id,
    "aria-label": name,
    hidden: true,
  });
  setAttribute(input, "aria-autocomplete", "list");
  setAttribute(input, "aria-controls", id);

  /** @type {T[]} */
  let options = [];
  /** -1: none */
  let active = -1;

  /** @param {string} [nothing] said when there is no option */
  function show(nothing = "") {
    const items = options.map((option, position) => {
      const item = h(
        "li",
        {
          role: "option",
          id: `${id}-${position}`,
          "aria-selected": String(position === active),
          onpointerdown: (event) => {
            event.preventDefault();
            choose(position);
          },
        },
        ...draw(option),
      );
      return item;
    });
    if (nothing) items.push(h("li.xai-no-hit", { role: "option", "aria-disabled": "true" }, nothing));
    list.replaceChildren(...items);
    list.hidden = !items.length;
    // A text box that is no combobox has no such state.
    if (input.role === "combobox") setAttribute(input, "aria-expanded", String(!list.hidden));
    setAttribute(input, "aria-activedescendant", active < 0 ? null : `${id}-${active}`);
    items[active]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {T[]} next @param {number} [first] the active one @param {string} [nothing] said when there are none */
  function open(next, first = -1, nothing = "") {
    options = next;
    active = next.length ? first : -1;
    show(next.length ? "" : nothing);
  }
  const close = () => open([]);

  /** @param {1 | -1} step */
  function move(step) {
    const { length } = options;
    if (length) active = active < 0 ? (step > 0 ? 0 : length - 1) : (active + step + length) % length;
    show();
  }

  /** @param {number} [position] @returns {boolean} whether there was one to choose */
  function choose(position = active) {
    const option = options[position];
    if (position < 0 || option === undefined) return false;
    close();
    onChoose(option);
    return true;
  }

  return { list, open, close, move, choose, isOpen: () => !list.hidden };
}
