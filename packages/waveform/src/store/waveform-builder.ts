import type { Blackout, Timescale, Warning } from "../model.js";
import { MAX_BLACKOUTS, type DumpSwitch } from "./blackouts.js";
import { ChangeLog } from "./change-log.js";
import { Hierarchy } from "./hierarchy.js";
import type { Numbers } from "./numbers.js";
import type { SignalLoader } from "./signal-loader.js";
import { SignalStore } from "./signal-store.js";
import { TimeTable } from "./time-table.js";

/** Most kinds of warnings that are kept. */
const MAX_WARNINGS = 16;

/** What a reader fills: every format's reader turns a source into the same hierarchy, times and signals. */
export class WaveformBuilder {
  readonly hierarchy = new Hierarchy();
  readonly times = new TimeTable();
  readonly signals: SignalStore;
  /** Takes the changes in the order of time and brings them to `signals`. */
  readonly changes: ChangeLog;
  /** Fills the signals when they are asked for; without it they are filled. */
  loader: SignalLoader | undefined;
  readonly warnings: Warning[] = [];
  /** Said by the file, else 1 ns. */
  timescale: Timescale = { magnitude: 1, unit: "ns" };
  start = 0n;
  end = 0n;
  /** Ticks to be added to times when they are shown. */
  timeZero = 0n;
  /** Where the file lists them. */
  blackouts: readonly Blackout[] = [];
  /** Where the file tells them in the order of time. */
  readonly dumpSwitches: DumpSwitch[] = [];
  readonly comments: string[] = [];
  readonly environment: string[] = [];
  date: string | undefined;
  version: string | undefined;

  constructor(options: { batch?: number; directBelow?: number; numbers?: Numbers } = {}) {
    this.signals = new SignalStore(options.numbers);
    this.changes = new ChangeLog(this.signals, options);
  }

  /** Dumping goes on, or stops, at a tick. */
  switchDump(dump: DumpSwitch): void {
    if (this.dumpSwitches.length < 2 * MAX_BLACKOUTS) this.dumpSwitches.push(dump);
  }

  /** Keeps the first warning of each kind. */
  warn(warning: Warning): void {
    if (this.warnings.length >= MAX_WARNINGS || this.warnings.some(({ code }) => code === warning.code))
      return;
    this.warnings.push(warning);
  }
}
