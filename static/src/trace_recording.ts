/** What happens in the graph for a while, as a trace. */

import { AppError } from "./failure";
import { badSeconds } from "./messages";
import type { ProfileListener } from "./profile_listeners";
import { PROFILED_EVERY, type TraceEvent } from "./protocol";
import { chromeTrace, type ChromeTrace } from "./trace";

/**
 * Listens by `profile`, which gives the function that ends that.
 *
 * @throws AppError unless the seconds are above 0 and at most 60.
 */
export async function recordTrace(profile: (listener: ProfileListener) => () => void, seconds: number): Promise<ChromeTrace> {
  if (!(seconds > 0 && seconds <= 60)) throw new AppError(badSeconds(seconds));
  const events: TraceEvent[] = [];
  const last = (performance.now() + seconds * 1000) * 1000;
  const end = profile((report) => {
    for (const event of report.events) if (event.startTime <= last) events.push(event);
  });
  // What happened last is told a little later.
  await new Promise((resolve) => { setTimeout(resolve, seconds * 1000 + 2 * PROFILED_EVERY); });
  end();
  return chromeTrace(events, document.title);
}
