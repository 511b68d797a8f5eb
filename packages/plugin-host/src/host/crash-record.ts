import type { CallEvidence, LimitReached, PluginFailure } from "../failure.js";
import { printable } from "../text.js";

/** A frame of the guest's stack. */
export interface GuestFrame {
  /** From the module's name section, where it has one; the plugin's word. */
  readonly name?: string;
  /** Index of the function in its core module. */
  readonly index: number;
  /** Byte of the core module. */
  readonly byte: number;
}

/** All that is known of the end of a plugin, bounded and without control characters: a line of `dev_server.log`. */
export interface CrashRecord extends Partial<CallEvidence> {
  readonly plugin: string;
  readonly code: PluginFailure["code"];
  readonly message: string;
  readonly limit?: LimitReached;
  /** Innermost first; functions that call themselves are counted, not repeated. */
  readonly frames: readonly (GuestFrame & { readonly times?: number })[];
}

const maxMessage = 2_000;
const maxEvents = 16;
const maxEventLength = 200;
const maxFrames = 24;
const maxName = 120;
const maxBacktrace = 64 * 1024;

/** The record of a failure. Everything in it that a plugin can choose is cut and cleaned here, whoever made the failure. */
export function crashRecord(pluginId: string, failure: PluginFailure): CrashRecord {
  const { code, message, evidence, limit } = failure;
  const exported = evidence?.export ?? failure.export;
  return {
    plugin: pluginId,
    code,
    message: printable(message, maxMessage),
    ...(exported === undefined ? {} : { export: printable(exported, maxName) }),
    ...(evidence?.hostCall === undefined ? {} : { hostCall: printable(evidence.hostCall, maxName) }),
    ...(evidence === undefined ? {} : { elapsedMs: evidence.elapsedMs, guestMs: evidence.guestMs }),
    ...(evidence === undefined
      ? {}
      : {
          lastEvents: evidence.lastEvents.slice(-maxEvents).map((event) => printable(event, maxEventLength)),
        }),
    ...(limit === undefined ? {} : { limit }),
    frames: framesOf(failure.backtrace ?? ""),
  };
}

/** The record for people: a line on what happened, and one for each thing that is known about it. */
export function crashText(record: CrashRecord): string {
  const { export: exported, hostCall, elapsedMs, guestMs, lastEvents, limit, frames } = record;
  const where = [
    ...(exported === undefined ? [] : [`in ${exported}`]),
    ...(hostCall === undefined ? [] : [`waiting for ${hostCall}`]),
    ...(elapsedMs === undefined ? [] : [`after ${elapsedMs} ms (${guestMs ?? elapsedMs} ms in the plugin)`]),
  ];
  return [
    `${record.code}: ${record.message}`,
    ...(where.length === 0 ? [] : [`  ${where.join(", ")}`]),
    ...(limit === undefined ? [] : [`  limit ${limit.name} = ${limit.value}`]),
    ...(lastEvents === undefined || lastEvents.length === 0
      ? []
      : [`  last events: ${lastEvents.join(", ")}`]),
    ...frames.map(
      ({ name, index, byte, times }) =>
        `  at ${name ?? `function ${index}`} (byte 0x${byte.toString(16)})${times === undefined ? "" : `, ${times} times`}`,
    ),
  ].join("\n");
}

/** `at name (wasm://wasm/0123:wasm-function[1]:0x2a)`, as V8 writes it; a name can hold anything. */
const frameLine =
  /^(?:at (?<name>.*) \()?(?:at )?wasm:\/\/[^\s)]*:wasm-function\[(?<index>\d+)\]:0x(?<byte>[0-9a-f]+)\)?$/;

function framesOf(backtrace: string): CrashRecord["frames"] {
  const frames: (GuestFrame & { times?: number })[] = [];
  for (const line of backtrace.slice(0, maxBacktrace).split("\n")) {
    const groups = frameLine.exec(line.trim())?.groups;
    const index = Number(groups?.["index"]);
    const byte = Number.parseInt(groups?.["byte"] ?? "", 16);
    if (!Number.isSafeInteger(index) || !Number.isSafeInteger(byte)) continue;
    const last = frames.at(-1);
    if (last?.index === index) {
      last.times = (last.times ?? 1) + 1;
      continue;
    }
    if (frames.length === maxFrames) break;
    const name = groups?.["name"];
    frames.push({ ...(name === undefined ? {} : { name: printable(name, maxName) }), index, byte });
  }
  return frames;
}
