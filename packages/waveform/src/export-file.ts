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
import { readWaveformFile, type ReadProgress } from "./read-waveform.js";
import { selectTimes, selectVariables, type Selection } from "./select-variables.js";
import { errorCode } from "./source/file-source.js";
import { writeVcd } from "./vcd/vcd-writer.js";
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
    await builder.loader?.load(Array.from(variables, (id) => builder.hierarchy.variableSignal(id)));
    descriptor = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    let transitions = 0;
    const bytes = writeAll(descriptor, (write) => {
      transitions = writeVcd(info, builder, write, isWhole(selection) ? undefined : part);
    });
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

function writeAll(descriptor: number, produce: (write: (text: string) => void) => void): number {
  let parts: string[] = [];
  let length = 0;
  let total = 0;
  const flush = (): void => {
    const bytes = Buffer.from(parts.join(""), "utf8");
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    total += bytes.length;
    parts = [];
    length = 0;
  };
  produce((text) => {
    parts.push(text);
    length += text.length;
    if (length >= WRITE_CHUNK) flush();
  });
  flush();
  return total;
}
