import { childWidget } from "../../ui/child-widget.js";
import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { bottom, heading, left, main, page, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { searchCards, verdictView } from "./cards.js";
import { searchLedger } from "./ledger.js";
import { network } from "./network.js";
import { pauseView } from "./pause.js";
import { settingsPanels } from "./panels.js";
import { searchPlots } from "./plots.js";
import { trialsTable } from "./table.js";
import { WORK } from "./text.js";
import { followSearches } from "./trials.js";

export default page({
  name: "xai-search",
  label: "Accuracy search",
  view: () => ({
    searches: [],
    series: new Map(),
    along: "trial",
    heldOut: false,
    sorting: { key: "finished", down: true },
  }),
  follow: followSearches,
  layout: [
    top(heading("How accurate is this network, really?"), pauseView, runButton(WORK)),
    verdictView,
    progress(WORK),
    searchCards,
    main(left(searchPlots, trialsTable), settingsPanels),
    bottom(fold("search.details", "Details", searchLedger), exports("accuracy", { files: { network } })),
    alertView,
    childWidget("The network of a trial, on what is held out"),
  ],
});
