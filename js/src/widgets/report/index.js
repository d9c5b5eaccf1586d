import { exports } from "../../ui/export.js";
import { bottom, heading, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, claimView, WORK } from "./answer.js";
import { armsView, ratingsView } from "./arms.js";
import { curvesView, timesView } from "./curves.js";
import { testsView } from "./tests.js";

export default page({
  name: "xai-report",
  label: "Study report",
  view: () => ({}),
  layout: [
    top(heading("Did it help?"), runButton(WORK)),
    answerView,
    progress(WORK),
    main(
      left(armsView, curvesView, testsView),
      side(live(panel("Claim", claimView)), panel("Times", timesView), panel("Ratings", ratingsView)),
    ),
    bottom(exports("study-report")),
    alertView,
  ],
});
