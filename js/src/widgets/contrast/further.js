import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { bottom } from "../../ui/page.js";
import { gif } from "./gif.js";
import { imposeView } from "./impose.js";
import { contrastLedger } from "./ledger.js";
import { multiplesView, startsView } from "./multiples.js";
import { overallView } from "./overall.js";
import { constraintsView } from "./plots.js";
import { stripView } from "./strip.js";

/** The same asked otherwise, of others and by hand; all numbers of the answer; what is taken away. */
export const furtherAnswers = bottom(
  multiplesView,
  startsView,
  overallView,
  fold("contrast.impose", "Make the change by hand", imposeView),
  stripView,
  fold("contrast.details", "Details", constraintsView, contrastLedger),
  exports("contrast", { files: { GIF: gif } }),
);
