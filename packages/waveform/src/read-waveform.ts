import { assertNever } from "@novywave/base";
import { ReadFailure } from "./failure.js";
import type { WaveformInfo } from "./model.js";
import { readGhw } from "./ghw/ghw-reader.js";
import { adviceForName, HEAD_BYTES, recogniseFormat, type WaveformFormat } from "./recognise.js";
import type { ByteSource } from "./source/byte-source.js";
import { FileSource, type FileSourceOptions } from "./source/file-source.js";
import { WaveformBuilder } from "./store/waveform-builder.js";
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
}

/** Turns the bytes of a source into hierarchy, times and signals. One per format. */
type Reader = (source: ByteSource, builder: WaveformBuilder, onProgress: (bytesRead: number) => void) => void;

const READERS: Partial<Record<WaveformFormat, Reader>> = {
  vcd: (source, builder, onProgress) => readVcd(source, builder, { onProgress }),
  ghw: (source, builder, onProgress) => readGhw(source, builder, { onProgress }),
};

/** Reads a whole file on the calling thread. Throws {@link ReadFailure}. */
export function readWaveformFile(
  path: string,
  options: FileSourceOptions & { onProgress?: (progress: ReadProgress) => void } = {},
): WaveformData {
  const source = new FileSource(path, options);
  try {
    const format = formatOf(path, source.head(HEAD_BYTES));
    const reader = READERS[format];
    if (reader === undefined)
      throw new ReadFailure("unsupported-format", `${format} files are not yet readable`);
    const builder = new WaveformBuilder();
    try {
      reader(source, builder, (bytesRead) =>
        options.onProgress?.({ phase: "reading", bytesRead, bytesTotal: source.size }),
      );
    } catch (error) {
      // A file that is being rewritten looks broken; say what is really the matter.
      if (error instanceof ReadFailure && error.code === "malformed") source.verify();
      throw error;
    }
    source.verify();
    return { info: infoOf(builder, format, source.size), builder };
  } finally {
    source.close();
  }
}

/** The facts about what a reader has filled in. */
export function infoOf(builder: WaveformBuilder, format: WaveformFormat, bytes: number): WaveformInfo {
  const { hierarchy, signals, warnings } = builder;
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
  };
}

function formatOf(path: string, head: Uint8Array): WaveformFormat {
  const recognised = recogniseFormat(head);
  switch (recognised.kind) {
    case "readable":
      return recognised.format;
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
