import { copies, saves } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { live } from "../../ui/page.js";
import { compareView } from "./compare.js";
import { invalidView } from "./explainer.js";
import { hintView } from "./gestures.js";
import { judgementView } from "./judgement.js";
import { layersView } from "./layers.js";
import { line } from "./layout.js";
import { attributionLedger } from "./ledger.js";
import { queryView } from "./query.js";
import { readingsView } from "./readings.js";
import { askedSettings, drawnSettings, seedSetting } from "./settings.js";
import { whatIfView } from "./what-if.js";

/** What is done to the picture, under it. */
export const tools = line(
  whatIfView,
  layersView,
  live(fold("explorer.compare", "Compare with…", compareView)),
);

/** What the numbers of the map are. */
export const details = fold(
  "explorer.details",
  "Details",
  attributionLedger,
  live(seedSetting),
  readingsView,
);

const copyQuery = copies({ query: (model) => model.get("query") });
const advanced = fold(
  "explorer.advanced",
  "Advanced",
  queryView,
  live(askedSettings),
  drawnSettings,
  copyQuery,
);

const judgement = fold("explorer.judgement", "How good is this map?", judgementView);
const saving = fold("explorer.save", "Save", saves("explanation"));

/** What few ask for, in the last line. */
export const more = line(
  judgement,
  advanced,
  saving,
  live(fold("explorer.invalid", "Why some explainers are greyed", invalidView)),
  live(fold("explorer.keys", "? keys", hintView)),
);
