import { ACCURACY } from "../../schema/search/state.js";
import { factList, factsOf, settingsList, settingsPanel } from "../../ui/settings.js";

/** @import { SearchBinding } from "./types.js" */

const GROUP = ACCURACY.epochs.group;
const RECIPE = Object.fromEntries(Object.entries(ACCURACY).filter(([, { group }]) => group === GROUP));

/**
 * How each network is trained: another recipe is another search, and the old one stays as a pale line.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function recipeView(model, el) {
  if (model.isStatic) settingsList(model, el, ACCURACY);
  else settingsPanel(model, el, RECIPE);
  const show = factList(el, "As it is", model.isStatic);
  model.watch(["settings"], () => show(factsOf(model.get("settings"))));
}
