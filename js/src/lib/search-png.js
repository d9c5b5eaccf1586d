import { plate, seen, textOf } from "./plot-png.js";
import { FONT, LINE, wrap } from "./png.js";
import { plateStep, rowsOfKeys, sheetPng, textStep } from "./sheet-png.js";

const BIG = FONT.replace("14px", "bold 26px");
const BOLD = FONT.replace("14px", "bold 18px");
const BIG_LINE = 36;
const LEGEND = "bar: the start, triangle: the best";

/**
 * What is seen of a search: the question, the cards with their ranges, the plots with their legends, the ledger.
 * @param {HTMLElement} root
 * @returns {Promise<Blob>}
 */
export async function searchPng(root) {
  const cards = await Promise.all(seen(root, ".xai-card").map(async (card) => ({
    texts: seen(card, ".xai-card-text > *").map((element) => ({ text: textOf(element), big: element.matches(".xai-spread-text") })),
    range: await plate(card),
  })));
  if (!cards.length) throw new Error("there is no training yet");
  const plots = await Promise.all(seen(root, ".xai-plots .xai-plot").map(plate));
  const entries = seen(root, ".xai-ledger > div").map((entry) => [...entry.children].map(textOf).join(" "));
  const title = [textOf(seen(root, ".xai-question")[0]), textOf(seen(root, ".xai-verdict")[0])].filter(Boolean);
  return sheetPng(root, [...plots, ...cards.map(({ range }) => range)], (context, inner) => [
    ...title.map((text) => textStep(text, BOLD, 1.4 * LINE)),
    ...cards.flatMap(({ texts, range }) => [
      ...texts.map(({ text, big }) => textStep(text, big ? BIG : FONT, big ? BIG_LINE : LINE)),
      plateStep(range),
      textStep(LEGEND, FONT, 2 * LINE),
    ]),
    ...plots.map((plot) => plateStep(plot, rowsOfKeys(context, plot.keys, inner))),
    ...wrap(context, entries.join(", "), inner).map((text) => textStep(text, FONT, LINE)),
  ]);
}
