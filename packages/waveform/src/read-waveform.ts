import { assertNever } from "@novywave/base";
import { ReadFailure } from "./failure.js";
import { readFst } from "./fst/fst-reader.js";
import type { WaveformInfo } from "./model.js";
import { readGhw } from "./ghw/ghw-reader.js";
import { adviceForName, HEAD_BYTES, recogniseFormat, type WaveformFormat } from "./recognise.js";
import { FileSource, type FileSourceOptions } from "./source/file-source.js";
import { Input } from "./source/input.js";
import { blackoutsOf } from "./store/blackouts.js";
import { sharedNumbers, sharedNumbersMemory } from "./store/numbers.js";
import { WaveformBuilder } from "./store/waveform-builder.js";
import { VcdFile } from "./vcd/vcd-file.js";
import { readVcd } from "./vcd/vcd-reader.js";

export interface ReadProgress {
  readonly phase: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** A file that has been read: what it holds, and the facts about it. */
export interface WaveformData {
  readonly info: WaveformInfo;
  readonly builder: WaveformBuilder;
  /** Looks whether the file has changed, and reads what was appended to it. */
  readonly refresh: () => Promise<Refreshed>;
  /** Closes the file, if signals are loaded from it when they are looked at. */
  readonly close: () => void;
}

/**
 * What became of a file since it was read: nothing; more was appended, and has been read; or it is another one, of which
 * nothing was read: it has to be opened again.
 */
export interface Refreshed {
  readonly outcome: "unchanged" | "appended" | "replaced";
  /** Of what is read now. */
  readonly info: WaveformInfo;
}

export interface ReadOptions extends FileSourceOptions {
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** The hierarchy is complete; the changes follow. Also called when more of the changes is in the builder. */
  readonly onGrown?: ((builder: WaveformBuilder, info: WaveformInfo) => void) | undefined;
  /** Bytes that changes may take in memory before they are read from the file again when they are looked at. */
  readonly memoryBudget?: number | undefined;
  /** Threads that read; the default is as many as the machine has, within reason. */
  readonly threads?: number | undefined;
}

/** Turns the bytes of a file into hierarchy, times and signals. One per format. */
type Reader = (input: Input, builder: WaveformBuilder, path: string, options: ReadOptions) => void;

const READERS: Readonly<Record<WaveformFormat, Reader>> = {
  // One that is not in gzip is read by several threads, see `readVcdFile`.
  vcd: (input, builder) =>
    readVcd(input.inOrder(), builder, { onProgress: (bytesRead) => input.progress(bytesRead) }),
  fst: (input, builder, path, options) =>
    readFst(input.anywhere(), builder, {
      onProgress: (bytesRead) => input.progress(bytesRead),
      hierarchyBeside: () => bytesBeside(`${path}.hier`, options),
      unpack: (source, from, to) => input.unpack(source, from, to),
      memoryBudget: options.memoryBudget,
    }),
  ghw: (input, builder) =>
    readGhw(input.sized(), builder, { onProgress: (bytesRead) => input.progress(bytesRead) }),
};

/** Reads a whole file. Throws {@link ReadFailure}. */
export async function readWaveformFile(path: string, options: ReadOptions = {}): Promise<WaveformData> {
  const source = new FileSource(path, options);
  let owner: { close(): void } = source;
  try {
    const { format, gzipped } = formatOf(path, source.head(HEAD_BYTES));
    if (format === "vcd" && !gzipped) return await readVcdFile(path, source, options);
    const builder = new WaveformBuilder();
    const input = inputOf(source, gzipped, options);
    owner = input;
    read(format, input, builder, path, options);
    const info = infoOf(builder, format, source.size);
    if (builder.loader === undefined) input.close();
    return {
      info,
      builder,
      refresh: () => lookAgain(path, source, info, options),
      close: () => input.close(),
    };
  } catch (error) {
    owner.close();
    throw error;
  }
}

/** Learns what a file holds without keeping its changes, and where that is cheap without reading them. */
export function describeWaveformFile(path: string, options: ReadOptions = {}): WaveformInfo {
  const source = new FileSource(path, options);
  let owner: { close(): void } = source;
  try {
    const { format, gzipped } = formatOf(path, source.head(HEAD_BYTES));
    const builder = new WaveformBuilder();
    if (format === "vcd" && !gzipped) {
      new VcdFile(source, builder, sharedNumbersMemory()).describe();
    } else {
      const input = inputOf(source, gzipped, options);
      owner = input;
      read(format, input, builder, path, options);
    }
    const { transitions: _unknown, ...info } = infoOf(builder, format, source.size);
    return info;
  } catch (error) {
    return judge(source, error);
  } finally {
    owner.close();
  }
}

function inputOf(source: FileSource, gzipped: boolean, { onProgress }: ReadOptions): Input {
  return new Input(source, gzipped, (bytesRead) =>
    onProgress?.({ phase: "reading", bytesRead, bytesTotal: source.size }),
  );
}

/** The bytes of a file that belongs to the one that is read; `undefined` if there is none that can be read. */
function bytesBeside(path: string, options: FileSourceOptions): Uint8Array | undefined {
  try {
    const source = new FileSource(path, options);
    try {
      return source.bytesAt(0, source.size);
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof ReadFailure) return undefined;
    throw error;
  }
}

async function readVcdFile(path: string, source: FileSource, options: ReadOptions): Promise<WaveformData> {
  const { onProgress, onGrown, memoryBudget, threads } = options;
  const numbers = sharedNumbersMemory();
  const builder = new WaveformBuilder({ numbers: sharedNumbers(numbers) });
  let { size } = source;
  const known = (): WaveformInfo => infoOf(builder, "vcd", size);
  const grown = (): void => onGrown?.(builder, { ...known(), bytes: file.bytesRead, readUntil: file.time });
  const file = new VcdFile(source, builder, numbers, {
    memoryBudget,
    threads,
    onHierarchy: grown,
    onProgress(bytesRead) {
      onProgress?.({ phase: "reading", bytesRead, bytesTotal: size });
      grown();
    },
  });
  await file.read().catch((error: unknown) => judge(source, error));
  onProgress?.({ phase: "reading", bytesRead: size, bytesTotal: size });
  return {
    info: known(),
    builder,
    close: () => file.close(),
    async refresh() {
      const later = new FileSource(path, options);
      try {
        if (file.isSameAs(later)) {
          later.close();
          return { outcome: "unchanged", info: known() };
        }
        if (later.size > size && (await file.readMore(later))) {
          ({ size } = later);
          return { outcome: "appended", info: known() };
        }
        later.close();
        return { outcome: "replaced", info: known() };
      } catch (error) {
        later.close();
        throw error;
      }
    },
  };
}

function read(
  format: WaveformFormat,
  input: Input,
  builder: WaveformBuilder,
  path: string,
  options: ReadOptions,
): void {
  try {
    READERS[format](input, builder, path, options);
  } catch (error) {
    judge(input, error);
  }
  input.verify();
  if (!input.cut) return;
  builder.warn({
    code: "truncated",
    byte: input.file.size,
    time: builder.end,
    message: "The gzip data of the file ends too early: what comes after this is missing",
  });
}

/** A file that is being rewritten looks broken; says what is really the matter. */
function judge(source: { verify(damaged: boolean): void }, error: unknown): never {
  if (error instanceof ReadFailure && error.code === "malformed") source.verify(true);
  throw error;
}

async function lookAgain(
  path: string,
  source: FileSource,
  info: WaveformInfo,
  options: FileSourceOptions,
): Promise<Refreshed> {
  const later = new FileSource(path, options);
  later.close();
  return { outcome: source.isSameAs(later) ? "unchanged" : "replaced", info };
}

/** The facts about what a reader has filled in. */
export function infoOf(builder: WaveformBuilder, format: WaveformFormat, bytes: number): WaveformInfo {
  const { hierarchy, signals, warnings } = builder;
  const blackouts = builder.dumpSwitches.length === 0 ? builder.blackouts : blackoutsOf(builder.dumpSwitches);
  const warning = warnings.find(({ code }) => code === "truncated") ?? warnings[0];
  return {
    format,
    timescale: builder.timescale,
    start: builder.start,
    end: builder.end,
    scopes: hierarchy.scopes,
    variables: hierarchy.variables,
    signals: signals.length,
    ...(builder.loader === undefined ? { transitions: signals.transitions } : {}),
    ...(warning === undefined ? {} : { warning }),
    warnings,
    bytes,
    ...(builder.date === undefined ? {} : { date: builder.date }),
    ...(builder.version === undefined ? {} : { version: builder.version }),
    ...(builder.timeZero === 0n ? {} : { timeZero: builder.timeZero }),
    ...(blackouts.length === 0 ? {} : { blackouts }),
    ...(builder.comments.length === 0 ? {} : { comments: builder.comments }),
    ...(builder.environment.length === 0 ? {} : { environment: builder.environment }),
  };
}

function formatOf(path: string, head: Uint8Array): { format: WaveformFormat; gzipped: boolean } {
  const recognised = recogniseFormat(head);
  switch (recognised.kind) {
    case "readable":
      return { format: recognised.format, gzipped: recognised.gzipped };
    case "empty":
      throw new ReadFailure("empty", "The file is empty. Did the simulation write anything yet?");
    case "unsupported":
      throw new ReadFailure("unsupported-format", recognised.message);
    case "not-waveform": {
      const advice = adviceForName(path);
      if (advice) throw new ReadFailure("unsupported-format", advice.message);
      throw new ReadFailure("not-waveform", recognised.message);
    }
    default:
      return assertNever(recognised);
  }
}
