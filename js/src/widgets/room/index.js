import { logNotes } from "./notes.js";
import { page, top } from "../../ui/page.js";
import { alertView } from "../../ui/run.js";
import { progressView } from "./progress.js";
import { stageView } from "./stage.js";

export default page({
  name: "xai-room",
  label: "Study",
  view: () => ({ paused: false, shown: 0 }),
  layout: [top(progressView), logNotes, stageView, alertView],
});
