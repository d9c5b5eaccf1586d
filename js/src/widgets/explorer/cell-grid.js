import { fillList, h, setAttribute } from "../../ui/dom.js";
import { debounce } from "../../lib/debounce.js";
import { cellBox } from "../../lib/maps.js";
import { askPatch, isAttention } from "./attention.js";
import { drawnWindow, wholePicture } from "./geometry.js";
import { currentWindow } from "./trail.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Panel } from "./panel.js" */

/** Milliseconds after which the cells follow the map, which is painted first. */
const LATER = 100;
const READING = "arrow keys go from cell to cell";
const ASKING = "Enter looks at one only, Escape goes back to the picture";
const ATTENDING = "A asks a patch what it attends to";

/**
 * The map as a grid that is read cell by cell, one tab stop behind the picture: C on the picture goes there. It is not
 * drawn; the cell that has the focus is outlined on the picture.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {Panel} panel whose cells they are
 */
export function cellGridView(model, el, { figure, describe }) {
  const root = h("div.xai-cell-grid", {
    role: "grid",
    onfocusin: () => model.setView({ hover: place }),
    onfocusout: () => model.setView({ hover: null }),
  });
  el.append(root);
  model.watch(["method", "attention"], () => {
    const keys = [READING];
    if (!model.isStatic) keys.push(ASKING);
    if (!model.isStatic && isAttention(model)) keys.push(ATTENDING);
    root.setAttribute("aria-label", `Cells of the map; ${keys.join(", ")}`);
  });
  let place = { row: 0, column: 0 };
  const map = () => model.view.shown.main.map;
  const cellAtPlace = () =>
    /** @type {HTMLElement | undefined} */ (root.children[place.row]?.children[place.column]);

  const draw = debounce(() => {
    const { rows = 0, columns = 0 } = map() ?? {};
    root.hidden = !rows;
    place = {
      row: Math.max(0, Math.min(place.row, rows - 1)),
      column: Math.max(0, Math.min(place.column, columns - 1)),
    };
    fillList(
      root,
      Array.from({ length: rows }),
      () => h("div", { role: "row" }),
      (line, _, row) => {
        fillList(
          line,
          Array.from({ length: columns }),
          () => h("span", { role: "gridcell", tabindex: -1 }),
          (cell, _, column) => {
            const text = `row ${row + 1}, column ${column + 1}: ${describe({ row, column })}`;
            if (cell.textContent !== text) cell.textContent = text;
            setAttribute(cell, "tabindex", row === place.row && column === place.column ? 0 : -1);
          },
        );
      },
    );
  }, LATER);
  model.watchView(["shown"], draw);

  /** @param {number} row @param {number} column */
  function goTo(row, column) {
    const { rows = 1, columns = 1 } = map() ?? {};
    cellAtPlace()?.setAttribute("tabindex", "-1");
    place = { row: Math.max(0, Math.min(row, rows - 1)), column: Math.max(0, Math.min(column, columns - 1)) };
    cellAtPlace()?.setAttribute("tabindex", "0");
    cellAtPlace()?.focus();
  }

  function lookAtCell() {
    const [shown, picture, trail] = [map(), model.get("picture"), model.get("trail")];
    if (!shown || !picture || model.isStatic) return;
    const [top, left, height, width] = cellBox(shown, place.row, place.column);
    const parent = currentWindow(trail, wholePicture(picture.height, picture.width));
    const window = drawnWindow(
      { row: top, column: left },
      { row: top + height, column: left + width },
      parent,
    );
    model.set({ trail: [...trail, window] });
  }

  function askCell() {
    const shown = map();
    if (!shown || model.isStatic) return;
    const [top, left, height, width] = cellBox(shown, place.row, place.column);
    askPatch(model, { row: top + height / 2, column: left + width / 2 });
  }

  root.addEventListener("keydown", (event) => {
    const { row, column } = place;
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowUp: () => goTo(row - 1, column),
      ArrowDown: () => goTo(row + 1, column),
      ArrowLeft: () => goTo(row, column - 1),
      ArrowRight: () => goTo(row, column + 1),
      Home: () => goTo(row, 0),
      End: () => goTo(row, Infinity),
      Enter: lookAtCell,
      a: askCell,
      Escape: () => figure.stage.focus(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
  figure.stage.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    goTo(place.row, place.column);
  });
}
