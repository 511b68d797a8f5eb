import { burstRows } from "./burst.js";
import { devLoopRows } from "./dev-loop.js";
import { hangRows } from "./hang.js";
import { memoryRows } from "./memory.js";
import { restartRows } from "./restart.js";
import { roundTripRows } from "./round-trip.js";
import { scanRows } from "./scan.js";
import { startRows } from "./start.js";

/** What plugins cost through the whole host: one file for each number. They run one after the other, alone. */
export async function rows() {
  const rows = [];
  for (const measure of [
    roundTripRows,
    startRows,
    memoryRows,
    hangRows,
    burstRows,
    scanRows,
    restartRows,
    devLoopRows,
  ]) {
    rows.push(...(await measure()));
  }
  return rows;
}
