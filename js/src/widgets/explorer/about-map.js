import { live, panel } from "../../ui/page.js";
import { agreementView, explainerView } from "./explainer.js";
import { details } from "./folds.js";
import { right } from "./layout.js";
import { legendView } from "./legend.js";
import { targetsView } from "./targets.js";

/** Of which class the map is, by which explainer, in which colours, and its numbers. */
export const aboutMap = right(
  panel("Classes", targetsView),
  live(explainerView),
  agreementView,
  legendView,
  details,
);
