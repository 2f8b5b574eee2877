/** The numbers as the picture and the table show them. */

import type { NodeNumbers } from "./numbers";

/** Letters that a line in a node's box has room for. */
const ROOM = 28;

/** "8.12 ms", "45.4 ms", "120 ms"; "–" for none. */
export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  if (value > 0 && value < 0.01) return "<0.01 ms";
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The lines in a node's box, by their names; see METERS in pyweb_ml/graph/drawing_part.py. */
export function meters(row: NodeNumbers): Record<"time" | "calls" | "waits", string> {
  const dropped = row.dropped ? ` · ${row.dropped} dropped` : "";
  const queued = row.queued ? `${row.queued} queued` : "";
  return {
    time: row.milliseconds === null ? "" : `${milliseconds(row.milliseconds)} · ${percent(row.share)}`,
    calls: row.calls || row.dropped ? `${row.calls} ${row.calls === 1 ? "call" : "calls"}${dropped}` : "",
    waits: shortened([queued, row.isHeldUp ? row.state : ""].filter((part) => part).join(" · ")),
  };
}

function shortened(text: string): string {
  return text.length > ROOM ? `${text.slice(0, ROOM - 1)}…` : text;
}
