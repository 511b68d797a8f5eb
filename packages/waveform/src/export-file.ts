import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { ReadFailure } from "./failure.js";
import type { WaveformInfo } from "./model.js";
import { readWaveformFile, type ReadProgress } from "./read-waveform.js";
import { selectTimes, selectVariables, type Selection } from "./select-variables.js";
import { errorCode } from "./source/file-source.js";
import { signalBatches } from "./store/signal-batches.js";
import type { WaveformBuilder } from "./store/waveform-builder.js";
import { ChangeRun, mergeRuns } from "./vcd/merge-changes.js";
import { writeChanges, writeHeader, writtenSignals, type VcdPart } from "./vcd/vcd-writer.js";
import type { ExportResult } from "./worker/messages.js";

const WRITE_CHUNK = 1 << 20;

/**
 * Reads a waveform and writes it as VCD, on the calling thread. The output is a new file or replaces a regular one, as a
 * whole or not at all. Throws {@link ReadFailure}, also when output and input are one file.
 */
export async function exportVcdFile(
  path: string,
  outPath: string,
  options: {
    maxBytes?: number | undefined;
    onProgress?: (progress: ReadProgress) => void;
    /** Where to write before the output is replaced, see {@link temporaryFor}. */
    temporary?: string;
    /** Without it all is written. */
    selection?: Selection | undefined;
    /** Bytes of changes that are in memory at a time, where the file allows to read signals one after the other. */
    memoryBudget?: number | undefined;
  } = {},
): Promise<ExportResult> {
  const { temporary = temporaryFor(outPath), selection = {} } = options;
  const target = outputTarget(path, outPath);
  const data = await readWaveformFile(path, options);
  const { info, builder } = data;
  let descriptor: number | undefined;
  try {
    const variables = selectVariables(builder.hierarchy, selection);
    const part = { variables, ...selectTimes(info, selection) };
    const output = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    descriptor = output;
    const text = new TextOutput((chunk) => writeFully(output, chunk));
    const write = text.write.bind(text);
    const written = isWhole(selection) ? undefined : part;
    writeHeader(info, builder, write, written);
    const transitions = await writeBatches(data, write, written, temporary, options.memoryBudget);
    const bytes = text.end();
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    outputTarget(path, outPath);
    renameSync(temporary, target);
    return { bytes, variables: variables.length, transitions, info };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(temporary, { force: true });
    if (error instanceof ReadFailure) throw error;
    throw new ReadFailure("not-writable", `${outPath} cannot be written: ${errorCode(error)}`);
  } finally {
    data.close();
  }
}

/** Whether nothing is left out: then scopes without variables are written too. */
function isWhole({ scope, signals, from, to }: Selection): boolean {
  return scope === undefined && signals === undefined && from === undefined && to === undefined;
}

/** A name beside the file that will be replaced, for what is not yet whole. Who kills the writer removes it. */
export function temporaryFor(outPath: string): string {
  const target = existsSync(outPath) ? realpathSync(outPath) : outPath;
  return join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** The path to replace: `outPath`, or what it links to. Refuses what is no regular file, and the input itself. */
function outputTarget(path: string, outPath: string): string {
  const link = lstatSync(outPath, { throwIfNoEntry: false });
  if (link === undefined) return outPath;
  const output = statSync(outPath, { bigint: true, throwIfNoEntry: false });
  if (output === undefined) throw new ReadFailure("not-writable", `${outPath} is a link that leads nowhere`);
  if (!output.isFile())
    throw new ReadFailure("not-writable", `${outPath} is no regular file and is not replaced`);
  const input = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (input && input.dev === output.dev && input.ino === output.ino) {
    throw new ReadFailure(
      "not-writable",
      `${outPath} is the file to be exported itself; name another output`,
    );
  }
  return realpathSync(outPath);
}

/**
 * Writes the changes. If they do not fit into memory at once, those of each batch of signals are written to a file beside
 * the output, and then brought into the order of time.
 */
async function writeBatches(
  { info, builder }: { info: WaveformInfo; builder: WaveformBuilder },
  write: (text: string) => void,
  part: VcdPart | undefined,
  temporary: string,
  memoryBudget: number | undefined,
): Promise<number> {
  const signals = writtenSignals(builder, part);
  const runs: ChangeRun[] = [];
  let transitions = 0;
  try {
    for await (const batch of signalBatches(builder, signals, memoryBudget)) {
      if (batch.length === signals.length) return writeChanges(info, builder, write, batch, part);
      const run = new ChangeRun(`${temporary}.${runs.length}`);
      runs.push(run);
      const text = new TextOutput((chunk) => run.append(chunk));
      transitions += writeChanges(info, builder, text.write.bind(text), batch, part);
      text.end();
    }
    mergeRuns(runs, write);
    return transitions;
  } finally {
    for (const run of runs) run.close();
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

/** Gathers text into large pieces of bytes. */
class TextOutput {
  readonly #flush: (bytes: Uint8Array) => void;
  #parts: string[] = [];
  #length = 0;
  #total = 0;

  constructor(flush: (bytes: Uint8Array) => void) {
    this.#flush = flush;
  }

  write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= WRITE_CHUNK) this.end();
  }

  /** Passes on what was gathered, and returns the number of all bytes. */
  end(): number {
    const bytes = Buffer.from(this.#parts.join(""), "utf8");
    this.#flush(bytes);
    this.#total += bytes.length;
    this.#parts = [];
    this.#length = 0;
    return this.#total;
  }
}
