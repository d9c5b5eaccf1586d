import { live, panel, side } from "../../ui/page.js";
import { budgetsView } from "./budgets.js";
import { deltasView } from "./deltas.js";
import { recipeView } from "./recipe.js";
import { strategyView } from "./strategy.js";
import { seedsView } from "./verdict.js";

/** What is searched and for how long, and what the seeds of other searches say of it. */
export const settingsPanels = side(
  live(panel("Budgets", budgetsView)),
  live(panel("Starts", strategyView, deltasView)),
  panel("Settings", recipeView),
  panel("Verdict", seedsView),
);
