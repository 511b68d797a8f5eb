import { constants, gunzipSync } from "node:zlib";
import { assertNever } from "@novywave/base";

/** The formats that have a reader. */
export type WaveformFormat = "vcd" | "fst" | "ghw";

export type Recognition =
  | {
      readonly kind: "readable";
      readonly format: WaveformFormat;
      /** The file is gzip data with the waveform in it. */
      readonly gzipped: boolean;
    }
  | { readonly kind: "unsupported"; readonly format: string; readonly message: string }
  | { readonly kind: "empty" }
  | { readonly kind: "not-waveform"; readonly message: string };

/** Bytes of the start of a file that {@link recogniseFormat} wants to see; more does no harm. */
export const HEAD_BYTES = 4_096;

/**
 * Tells what a file is from its first bytes, never from its name, also when it was cut off in the middle of them. A VCD
 * file starts with a keyword (IEEE 1364-2005, 18.2), a GHW file with `GHDLwave`.
 */
export function recogniseFormat(head: Uint8Array): Recognition {
  if (head.length === 0) return { kind: "empty" };
  if (startsLikeGhw(head)) return { kind: "readable", format: "ghw", gzipped: false };
  for (const { format, matches, message } of SIGNATURES) {
    if (matches(head)) return { kind: "unsupported", format, message };
  }
  if (startsWith(head, GZIP)) return recogniseGzipped(head);
  if (startsLikeFst(head)) return { kind: "readable", format: "fst", gzipped: false };
  return startsLikeVcd(head)
    ? { kind: "readable", format: "vcd", gzipped: false }
    : {
        kind: "not-waveform",
        message:
          "This is no waveform: a VCD file starts with a keyword such as $date, $timescale or $scope. " +
          "Check that it is what the simulator wrote.",
      };
}

/**
 * What to do with a file of unknown content whose name says that it belongs to a closed format. The name only adds
 * advice to an error; it never chooses a reader.
 */
export function adviceForName(path: string): { format: string; message: string } | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  const closed = CLOSED_FORMATS.find(
    ({ extensions }) => extension !== undefined && extensions.includes(extension),
  );
  return closed && { format: closed.format, message: `Files named .${extension} are ${closed.message}` };
}

interface Signature {
  readonly format: string;
  readonly matches: (head: Uint8Array) => boolean;
  readonly message: string;
}

const convert = (name: string, command: string): string =>
  `This is a ${name} file, which is not readable. ${command}`;

/** LXT, LXT2, VZT: the header ids of GTKWave's writers. */
const SIGNATURES: readonly Signature[] = [
  {
    format: "bzip2",
    matches: (head) =>
      startsWith(head, ascii("BZh")) &&
      head.length > 9 &&
      startsWith(head.subarray(4), [0x31, 0x41, 0x59, 0x26]),
    message: convert("bzip2-compressed", "Unpack it first: bunzip2 FILE"),
  },
  {
    format: "xz",
    matches: (head) => startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
    message: convert("xz-compressed", "Unpack it first: unxz FILE"),
  },
  {
    format: "zstd",
    matches: (head) => startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]),
    message: convert("zstd-compressed", "Unpack it first: unzstd FILE"),
  },
  {
    format: "lxt",
    matches: (head) => startsWith(head, [0x01, 0x38, 0x00]),
    message: convert("LXT", "Convert it to VCD in GTKWave: File, Write VCD File As"),
  },
  {
    format: "lxt2",
    matches: (head) => startsWith(head, [0x13, 0x80, 0x00]),
    message: convert("LXT2", "Convert it to VCD: lxt2vcd -f IN.lxt -o OUT.vcd"),
  },
  {
    format: "vzt",
    matches: (head) => startsWith(head, [0x56, 0x5a, 0x00]),
    message: convert("VZT", "Convert it to VCD: vzt2vcd -f IN.vzt -o OUT.vcd"),
  },
  {
    format: "fsdb",
    matches: (head) => isBinary(head) && indexOf(head.subarray(0, 64), ascii("FSDB")) >= 0,
    message: convert("FSDB", "Convert it to VCD: fsdb2vcd IN.fsdb -o OUT.vcd"),
  },
  {
    format: "vpd",
    matches: (head) => isBinary(head) && indexOf(head.subarray(0, 64), ascii("VCD+")) >= 0,
    message: convert("VPD", "Convert it to VCD: vpd2vcd IN.vpd OUT.vcd"),
  },
  {
    format: "shm",
    matches: (head) => isBinary(head) && indexOf(head.subarray(0, 64), ascii("SST2")) >= 0,
    message: convert("SHM (TRN)", "Convert it to VCD: simvisdbutil IN.trn -vcd -output OUT.vcd"),
  },
  {
    format: "wdb",
    matches: (head) => startsWith(head, [0xef, 0x49, 0xbd, 0x87, 0x40, 0xa6, 0x39, 0x3e]),
    message: convert(
      "WDB (Xilinx)",
      "Write VCD instead: open_vcd and log_vcd in the simulator's Tcl console",
    ),
  },
];

const CLOSED_FORMATS: readonly { extensions: readonly string[]; format: string; message: string }[] = [
  {
    extensions: ["fsdb"],
    format: "fsdb",
    message: "FSDB (Synopsys Verdi): convert with fsdb2vcd IN.fsdb -o OUT.vcd",
  },
  {
    extensions: ["wlf"],
    format: "wlf",
    message: "WLF (Questa, ModelSim): convert with wlf2vcd IN.wlf -o OUT.vcd",
  },
  { extensions: ["vpd"], format: "vpd", message: "VPD (Synopsys VCS): convert with vpd2vcd IN.vpd OUT.vcd" },
  { extensions: ["lxt"], format: "lxt", message: "LXT: convert in GTKWave with File, Write VCD File As" },
  {
    extensions: ["lxt2", "lx2"],
    format: "lxt2",
    message: "LXT2: convert with lxt2vcd -f IN.lxt2 -o OUT.vcd",
  },
  { extensions: ["vzt"], format: "vzt", message: "VZT: convert with vzt2vcd -f IN.vzt -o OUT.vcd" },
  {
    extensions: ["trn", "dsn", "shm"],
    format: "shm",
    message: "SHM/TRN (Cadence Xcelium): convert with simvisdbutil IN.trn -vcd -output OUT.vcd",
  },
  {
    extensions: ["wdb"],
    format: "wdb",
    message: "WDB (Xilinx): write VCD instead, with open_vcd and log_vcd",
  },
  { extensions: ["asdb"], format: "asdb", message: "ASDB (Aldec): convert with asdb2vcd IN.asdb OUT.vcd" },
  {
    extensions: ["evcd"],
    format: "evcd",
    message: "extended VCD, which starts with a keyword: this one does not",
  },
];

const KEYWORDS = [
  "attrbegin",
  "comment",
  "date",
  "dumpall",
  "dumpports",
  "dumpvars",
  "enddefinitions",
  "scope",
  "timescale",
  "timezero",
  "upscope",
  "var",
  "version",
];

const GZIP: readonly number[] = [0x1f, 0x8b];

/** Tells what is in gzip data from what its first bytes unpack to. */
function recogniseGzipped(head: Uint8Array): Recognition {
  let inner: Uint8Array;
  try {
    inner = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return { kind: "not-waveform", message: "This is gzip data, but damaged at its start." };
  }
  if (startsWith(inner, GZIP)) {
    return {
      kind: "unsupported",
      format: "gzip",
      message: "This is gzip data inside of gzip data. Unpack it once: gunzip FILE",
    };
  }
  const recognised = recogniseFormat(inner);
  switch (recognised.kind) {
    case "readable":
      return { ...recognised, gzipped: true };
    case "empty":
      return { kind: "not-waveform", message: "This is gzip data with nothing in it." };
    case "unsupported":
      return recognised;
    case "not-waveform":
      return { ...recognised, message: `This is gzip data. In it: ${recognised.message}` };
    default:
      return assertNever(recognised);
  }
}

/**
 * Block layouts: doc/block_format.txt of libfst. The header block has type 0 and length 329; a file that is packed as a
 * whole is one block of type 254, with a length below 2^48, then the length of what is inside, then gzip.
 */
function startsLikeFst(head: Uint8Array): boolean {
  return (
    startsWith(head, [0, 0, 0, 0, 0, 0, 0, 1, 0x49]) ||
    (startsWith(head, [254, 0, 0]) && head.length > 18 && head[17] === 0x1f && head[18] === 0x8b)
  );
}

const GHW_HEAD = ascii("GHDLwave\n");

/** Also where the file was cut off in it. */
function startsLikeGhw(head: Uint8Array): boolean {
  return startsWith(head, GHW_HEAD.slice(0, head.length));
}

function startsLikeVcd(head: Uint8Array): boolean {
  let at = startsWith(head, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  while (at < head.length && (head[at] ?? 0) <= 32) at++;
  if (head[at] !== 0x24) return false;
  let to = at + 1;
  while (to < head.length && (head[to] ?? 0) > 32 && to - at < 20) to++;
  const word = String.fromCharCode(...head.subarray(at + 1, to));
  return to === head.length ? KEYWORDS.some((keyword) => keyword.startsWith(word)) : KEYWORDS.includes(word);
}

/** Binary formats have zero bytes near their start; text does not. */
function isBinary(head: Uint8Array): boolean {
  return head.subarray(0, 64).includes(0);
}

function startsWith(bytes: Uint8Array, prefix: ArrayLike<number>): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}

function indexOf(bytes: Uint8Array, wanted: ArrayLike<number>): number {
  for (let at = 0; at + wanted.length <= bytes.length; at++)
    if (startsWith(bytes.subarray(at), wanted)) return at;
  return -1;
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}
