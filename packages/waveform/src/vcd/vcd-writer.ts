import { digitsOf, packedValue } from "../format/packed-value.js";
import type { WaveformInfo } from "../model.js";
import { indexAt } from "../query/column-bounds.js";
import { NO_TIME, readValue, RecordCursor } from "../store/record-cursor.js";
import { LAYOUT_DIGIT, LAYOUT_EVENT, LAYOUT_REAL, LAYOUT_STRING } from "../store/signal-store.js";
import { kindOfType } from "./declarations.js";
import { NONE } from "../store/hierarchy.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";

/** Changes brought into the order of time at once. */
const WINDOW = 1 << 20;
const DIGITS = "01xzuwlh-";

/** A part of a waveform: these variables, and the changes at ticks from `from` up to and with `to`. */
export interface VcdPart {
  /** Ascending. */
  readonly variables: Uint32Array;
  readonly from: bigint;
  readonly to: bigint;
}

// VCD as in IEEE 1364-2005, clause 18: declarations in the order of the hierarchy, then the changes in the order of time, at
// one time by signal. What is read back has the same scopes, variables, aliases, times and values.

/** All that comes before the changes. */
export function writeHeader(
  info: WaveformInfo,
  builder: WaveformBuilder,
  write: (text: string) => void,
  part: VcdPart | undefined,
): void {
  const { date, version, timescale } = info;
  if (date !== undefined) write(`$date\n\t${printable(date)}\n$end\n`);
  if (version !== undefined) write(`$version\n\t${printable(version)}\n$end\n`);
  write(`$timescale\n\t${timescale.magnitude}${timescale.unit}\n$end\n`);
  if (info.timeZero !== undefined) write(`$timezero\n\t${info.timeZero}\n$end\n`);
  writeDeclarations(builder, write, part?.variables);
  write("$enddefinitions $end\n");
}

/**
 * The changes of some signals, ascending, all of which must be in memory. Of a part that begins later than the waveform,
 * the values in force at its beginning are dumped first. Returns how many changes were written.
 */
export function writeChanges(
  info: WaveformInfo,
  builder: WaveformBuilder,
  write: (text: string) => void,
  signals: Uint32Array,
  part: VcdPart | undefined,
): number {
  return new ChangeWriter(builder, write, signals).run({ ...info, ...partTimes(info, part) });
}

/**
 * Types that readers of VCD know: those of IEEE 1364-2005, 18.2.3.7, and of GTKWave. Others, the types of VHDL for
 * example, are written as `reg`, the way GHDL does.
 */
const VARIABLE_TYPES: ReadonlySet<string> = new Set(
  (
    "event parameter integer real realtime reg supply0 supply1 time tri triand trior trireg tri0 tri1 wand wire wor " +
    "real_parameter string sparray bit logic int shortint longint byte enum shortreal"
  ).split(" "),
);

/** Identifier code of a signal: base 94, first character fastest. */
export function idCode(signal: number): string {
  let code = "";
  for (let rest = signal; ; rest = Math.floor(rest / 94) - 1) {
    code += String.fromCharCode(33 + (rest % 94));
    if (rest < 94) return code;
  }
}

/** Text that cannot end a command early. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ").replaceAll("$", "_");
}

/** The signals of the part, each once, ascending. */
export function writtenSignals(
  { hierarchy, signals }: WaveformBuilder,
  part: VcdPart | undefined,
): Uint32Array {
  if (part === undefined) return Uint32Array.from({ length: signals.length }, (_, signal) => signal);
  return Uint32Array.from(new Set(Array.from(part.variables, (id) => hierarchy.variableSignal(id)))).sort();
}

function partTimes(info: WaveformInfo, part: VcdPart | undefined): { start: bigint; end: bigint } {
  return { start: part?.from ?? info.start, end: part?.to ?? info.end };
}

function writeDeclarations(
  builder: WaveformBuilder,
  write: (text: string) => void,
  selected: Uint32Array | undefined,
): void {
  const { hierarchy } = builder;
  const scopes: number[][] = Array.from({ length: hierarchy.scopes + 1 }, () => []);
  const roots = hierarchy.scopes;
  const needed = selected && scopesOf(builder, selected);
  for (let id = 0; id < hierarchy.scopes; id++) {
    if (needed && needed[id] !== 1) continue;
    const parent = hierarchy.scopeParent(id);
    scopes[parent === NONE ? roots : parent]?.push(id);
  }
  const variables = new Map<number, number[]>();
  const count = selected ? selected.length : hierarchy.variables;
  for (let i = 0; i < count; i++) {
    const id = selected ? (selected[i] ?? 0) : i;
    const scope = hierarchy.variableScope(id);
    const members = variables.get(scope);
    if (members) members.push(id);
    else variables.set(scope, [id]);
  }
  for (const id of variables.get(NONE) ?? []) writeVariable(builder, id, write);
  // Explicit stack: scopes may be nested deeply. Negative numbers close a scope.
  const stack = (scopes[roots] ?? []).toReversed();
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id < 0) {
      write("$upscope $end\n");
      continue;
    }
    write(`$scope ${hierarchy.scopeKind(id)} ${hierarchy.scopeName(id)} $end\n`);
    for (const variable of variables.get(id) ?? []) writeVariable(builder, variable, write);
    stack.push(-1);
    for (const child of (scopes[id] ?? []).toReversed()) stack.push(child);
  }
}

function writeVariable(builder: WaveformBuilder, id: number, write: (text: string) => void): void {
  const { hierarchy, signals } = builder;
  const { base, range } = hierarchy.variableName(id);
  const signal = hierarchy.variableSignal(id);
  const kind = signals.kind(signal);
  const declared = hierarchy.variableType(id);
  // A type found out from the values must be said. A port of extended VCD has plain values here.
  const known = declared !== "port" && VARIABLE_TYPES.has(declared) && kindOfType(declared) === kind;
  const type = kind === "bits" ? (known ? declared : declared === "port" ? "wire" : "reg") : kind;
  const width = kind === "real" ? 64 : hierarchy.variableWidth(id);
  write(`$var ${type} ${width} ${idCode(signal)} ${base}${range === "" ? "" : ` ${range}`} $end\n`);
}

/** Marks the scopes that variables lie in, directly or not. */
function scopesOf({ hierarchy }: WaveformBuilder, variables: Uint32Array): Uint8Array {
  const marked = new Uint8Array(hierarchy.scopes);
  for (const variable of variables) {
    let scope = hierarchy.variableScope(variable);
    while (scope !== NONE && marked[scope] !== 1) {
      marked[scope] = 1;
      scope = hierarchy.scopeParent(scope);
    }
  }
  return marked;
}

class ChangeWriter {
  readonly #builder: WaveformBuilder;
  readonly #write: (text: string) => void;
  /** One record a row: time index, signal, digit code or form, payload. */
  #rows = new Uint32Array(0);
  #count = 0;
  /** The tick that was stamped last. */
  #stamped: bigint | undefined;
  #written = 0;
  /** The signals that are written. */
  readonly #signals: Uint32Array;

  constructor(builder: WaveformBuilder, write: (text: string) => void, signals: Uint32Array) {
    this.#builder = builder;
    this.#write = write;
    this.#signals = signals;
  }

  /** Writes the changes at ticks from `start` up to and with `end`, and returns how many. */
  run({ start, end }: { start: bigint; end: bigint }): number {
    const { times, signals } = this.#builder;
    const first = indexAt(times, start - 1n) + 1;
    const last = indexAt(times, end) + 1;
    // A stamp for the start, also when nothing happens at it.
    this.#stamp(start);
    if (first > 0) this.#dump(first, first < last && times.at(first) === start);
    const step = Math.max(1, Math.floor((times.length * WINDOW) / Math.max(1, signals.transitions)));
    for (let from = first; from < last; from += step) this.#window(from, Math.min(last, from + step));
    this.#stamp(end);
    return this.#written;
  }

  #stamp(tick: bigint): void {
    if (tick !== this.#stamped) this.#write(`#${tick}\n`);
    this.#stamped = tick;
  }

  /** Writes the values that signals have before time index `first`, which may be at the start itself. */
  #dump(first: number, isStart: boolean): void {
    const { signals } = this.#builder;
    this.#write("$dumpvars\n");
    for (const signal of this.#signals) {
      const cursor = this.#cursor(signal);
      if (cursor.peek() < first) cursor.takeBelow(first, NO_TIME);
      this.#keep(signal, cursor);
      const layout = signals.layout(signal);
      // That an event fired before says nothing about now; what changes now is written with the changes.
      if (cursor.address === 0 || layout === LAYOUT_EVENT || (isStart && cursor.peek() === first)) continue;
      this.#write(this.#change(signal, layout, cursor.code, cursor.payload));
      this.#written++;
    }
    this.#write("$end\n");
  }

  /** Writes the changes at the time indices from `from` up to, and without, `to`. */
  #window(from: number, to: number): void {
    this.#collect(from, to);
    const { times, signals } = this.#builder;
    const starts = new Uint32Array(to - from + 1);
    const rows = this.#rows;
    for (let i = 0; i < this.#count; i++) {
      const key = (rows[i * 4] ?? 0) - from + 1;
      starts[key] = (starts[key] ?? 0) + 1;
    }
    for (let key = 1; key < starts.length; key++) starts[key] = (starts[key] ?? 0) + (starts[key - 1] ?? 0);
    const order = new Uint32Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const key = (rows[i * 4] ?? 0) - from;
      const place = starts[key] ?? 0;
      starts[key] = place + 1;
      order[place] = i;
    }
    let last = -1;
    this.#written += order.length;
    for (const i of order) {
      const time = rows[i * 4] ?? 0;
      if (time !== last) this.#stamp(times.at(time));
      last = time;
      const signal = rows[i * 4 + 1] ?? 0;
      const layout = signals.layout(signal);
      this.#write(this.#change(signal, layout, rows[i * 4 + 2] ?? 0, rows[i * 4 + 3] ?? 0));
    }
  }

  #collect(from: number, to: number): void {
    this.#count = 0;
    for (const signal of this.#signals) {
      const cursor = this.#cursor(signal);
      for (; cursor.peek() < to;) {
        cursor.take();
        if (cursor.time < from) continue;
        if (this.#count * 4 === this.#rows.length) {
          const larger = new Uint32Array(Math.max(1_024, this.#rows.length * 2));
          larger.set(this.#rows);
          this.#rows = larger;
        }
        this.#rows.set([cursor.time, signal, cursor.code, cursor.payload], this.#count++ * 4);
      }
      this.#keep(signal, cursor);
    }
  }

  /** Where each signal stands after the last window: address and time of the record taken last. */
  #addresses = new Uint32Array(0);
  #times = new Uint32Array(0);

  #cursor(signal: number): RecordCursor {
    const cursor = new RecordCursor(this.#builder.signals, signal);
    const address = this.#addresses[signal] ?? 0;
    if (address !== 0) cursor.moveTo(address, this.#times[signal] ?? NO_TIME, 0);
    return cursor;
  }

  #keep(signal: number, cursor: RecordCursor): void {
    if (this.#addresses.length === 0) {
      this.#addresses = new Uint32Array(this.#builder.signals.length);
      this.#times = new Uint32Array(this.#builder.signals.length);
    }
    this.#addresses[signal] = cursor.address;
    this.#times[signal] = Math.max(0, cursor.time);
  }

  #change(signal: number, layout: number, code: number, payload: number): string {
    const { signals } = this.#builder;
    if (layout === LAYOUT_DIGIT) return `${DIGITS[code] ?? "x"}${idCode(signal)}\n`;
    if (layout === LAYOUT_EVENT) return `1${idCode(signal)}\n`;
    const { form, bytes } = readValue(signals, layout, code, payload);
    if (layout === LAYOUT_STRING) return `s${escapeString(bytes)} ${idCode(signal)}\n`;
    const value = packedValue(layout === LAYOUT_REAL ? "real" : "bits", signals.width(signal), form, bytes);
    if (value.kind === "real") return `r${realText(value.value)} ${idCode(signal)}\n`;
    return value.kind === "bits" ? `b${shortest(digitsOf(value))} ${idCode(signal)}\n` : "";
  }
}

/** Leaves out leading digits that extension to the left gives back. */
function shortest(digits: string): string {
  return digits.replace(/^(?:0+(?=[01uwlh-])|x+(?=x)|z+(?=z))/, "");
}

function realText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

function escapeString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte > 32 && byte < 127 && byte !== 92) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return text;
}
