import { ReadFailure } from "../failure.js";
import type { Warning } from "../model.js";
import { FileRange } from "../source/file-range.js";
import { sharedNumbers } from "../store/numbers.js";
import type { DumpSwitch } from "../store/blackouts.js";
import type { StorePart } from "../store/signal-store.js";
import type { TimesPart } from "../store/time-table.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { IdTable, type SharedIds } from "./id-table.js";
import { NeedsWhole, VcdReader, type VcdState } from "./vcd-reader.js";

/** What every thread that reads segments of one file knows from its start. */
export interface SegmentSetup {
  /** Of the file, opened by the thread of the waveform: descriptors belong to the process. */
  readonly descriptor: number;
  readonly ids: SharedIds;
  /** `layout << 28 | width` by signal. */
  readonly shapes: Int32Array;
  readonly numbers: SharedArrayBuffer;
}

/** A range of the body of a file. */
export interface SegmentTask {
  readonly to: number;
  /** How a reader of all that comes before stands at its start; a range that is cut at a time stamp needs no such thing. */
  readonly state: VcdState;
  /** The file ends behind it. */
  readonly isLast: boolean;
  /** Only the changes of these signals are kept, and nothing is said about the others. */
  readonly wanted?: Uint32Array;
}

export type SegmentResult =
  | {
      readonly kind: "read";
      readonly store: StorePart;
      readonly times: TimesPart;
      readonly warnings: readonly Warning[];
      readonly dumpSwitches: readonly DumpSwitch[];
      /** The first time stamp of the range, if there is any. */
      readonly start: bigint | undefined;
      /** How the reader stands at the end. */
      readonly state: VcdState;
      readonly checksum: number;
    }
  /** It must be read by somebody who knows all that comes before, or who may say what is wrong with it. */
  | { readonly kind: "needs-whole" }
  | {
      readonly kind: "failed";
      readonly failure: { code: "not-readable" | "too-large" | "changed"; message: string };
    };

/** Reads a segment on the calling thread. */
export function readSegment(setup: SegmentSetup, task: SegmentTask): SegmentResult {
  const { wanted, state, to } = task;
  const builder = new WaveformBuilder({ numbers: sharedNumbers(setup.numbers) });
  builder.signals.addShapes(
    wanted ? Int32Array.from(wanted, (signal) => setup.shapes[signal] ?? 0) : setup.shapes,
  );
  builder.changes.begin();
  const ids = IdTable.from(setup.ids, wanted);
  const reader = new VcdReader(builder, { part: { ids, keepsShapes: wanted !== undefined } });
  reader.moveTo(state);
  const source = new FileRange(setup.descriptor, state.position, to);
  try {
    while (reader.readSome(source));
    if (task.isLast) reader.finish();
  } catch (error) {
    if (error instanceof NeedsWhole || (error instanceof ReadFailure && error.code === "malformed")) {
      builder.signals.clear();
      return { kind: "needs-whole" };
    }
    if (
      error instanceof ReadFailure &&
      (error.code === "not-readable" || error.code === "too-large" || error.code === "changed")
    ) {
      return { kind: "failed", failure: { code: error.code, message: error.message } };
    }
    throw error;
  }
  reader.flush();
  return {
    kind: "read",
    store: builder.signals.handOver(),
    times: builder.times.handOver(),
    warnings: builder.warnings,
    dumpSwitches: builder.dumpSwitches,
    start: reader.state.clock.stamped ? builder.start : undefined,
    state: reader.state,
    checksum: source.checksum,
  };
}

/** What can be moved instead of copied when a result is posted. */
export function transferables(result: SegmentResult): ArrayBuffer[] {
  if (result.kind !== "read") return [];
  const { store, times } = result;
  return [store.state, store.blocks, ...store.blobs.map(([, blob]) => blob), ...times.pages].flatMap(
    ({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []),
  );
}
