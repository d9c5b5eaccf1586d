import { ACCURACY } from "../../lib/schema.js";
import { factList, factsOf, settingsList } from "../../ui/settings.js";

/** @import { SearchBinding } from "./types.js" */

/**
 * How each network is trained.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function recipeView(model, el) {
  const show = factList(el, "How it is trained", model.isStatic);
  model.watch(["settings"], () => show(factsOf(model.get("settings"))));
  if (model.isStatic) settingsList(model, el, ACCURACY);
}
