import { panel, side } from "../../ui/page.js";
import { legendView } from "./legend.js";
import { lossView } from "./loss.js";
import { noiseView } from "./noise.js";
import { settingsView } from "./settings.js";

/** What the colours mean, how the plane is made, and what it has lost. */
export const sidePanels = side(
  panel("Colours", legendView),
  panel("How it is laid out", settingsView),
  panel("How far to believe it", lossView),
  panel("Noise", noiseView),
);
