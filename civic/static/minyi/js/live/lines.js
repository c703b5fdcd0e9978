/* The whole transcript: a line that is corrected or hidden meanwhile is shown as it stands; new ones come with a reload. */

import { lineTo } from "../socket.js";
import { config, parsed } from "./parts.js";

const line = lineTo({ space: config.space, seq: config.seq, who: config.who, missedUrl: config.missedUrl, watching: true });

line.addEventListener("gap", () => location.reload());
line.addEventListener("frame", ({ detail: frame }) => {
  if (frame.session !== config.session || !frame.type.startsWith("line.")) return;
  const present = document.querySelector(`[data-line="${frame.id}"]`);
  if (frame.html) present?.replaceWith(parsed(frame.html));
  else present?.remove();
});
