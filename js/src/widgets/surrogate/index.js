import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, rulesView, settingsView, WORK } from "./answer.js";
import { classesView, depthView } from "./depth.js";
import { leafView } from "./leaf.js";
import { treeView } from "./tree.js";

export default page({
  name: "xai-surrogate",
  label: "Surrogate desk",
  view: () => ({ from: 0 }),
  layout: [
    top(heading("Can a few questions stand for the network?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(treeView, leafView),
      side(
        panel("Depth", depthView),
        panel("What it asks about", settingsView),
        panel("By class", classesView),
      ),
    ),
    bottom(fold("surrogate.rules", "All rules in words", rulesView), exports("surrogate-desk")),
    alertView,
  ],
});
