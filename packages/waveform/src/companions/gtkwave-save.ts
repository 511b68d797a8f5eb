import type { Result } from "@novywave/base";
import {
  CompanionFailure,
  readCompanion,
  Warnings,
  type CompanionError,
  type CompanionWarning,
} from "./companion-text.js";
import { traceFlags, type TraceFlags, type TraceLook } from "./trace-flags.js";

const MAX_ROWS = 100_000;
const MAX_DEPTH = 100;
const MAX_PARTS = 65_536;

/** What a save file of GTKWave (`.gtkw`, `.sav`) says about a waveform. Times are ticks of its file. */
export interface GtkwaveSave {
  readonly dumpFile?: string;
  /** The left edge of the view. */
  readonly start?: bigint;
  /** Powers of two: each smaller number shows twice as much. */
  readonly zoom?: number;
  /** The primary marker. */
  readonly marker?: bigint;
  /** Markers A to Z and beyond, with the names that they were given. */
  readonly markers: readonly { readonly letter: string; readonly time: bigint; readonly name?: string }[];
  /** Full names of the scopes that stand open in the tree. */
  readonly openScopes: readonly string[];
  readonly rows: readonly GtkwaveRow[];
  readonly warnings: readonly CompanionWarning[];
}

export type GtkwaveRow =
  | (TraceRow & {
      readonly kind: "signal";
      readonly name: string;
      /** Only this digit of it, counted from the left. */
      readonly digit?: number;
    })
  | (TraceRow & {
      readonly kind: "vector";
      readonly name: string;
      /** Signals and digits of signals, the most significant first. */
      readonly parts: readonly VectorPart[];
    })
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "blank" }
  | {
      readonly kind: "group";
      readonly name: string;
      readonly closed: boolean;
      readonly rows: readonly GtkwaveRow[];
    };

export interface VectorPart {
  readonly name: string;
  readonly digit?: number;
}

interface TraceRow {
  readonly look: TraceLook;
  /** What it is called instead of its name. */
  readonly alias?: string;
  /** Number of the colour, 1 to 7. */
  readonly color?: number;
  /** Ticks by which it is shown later. */
  readonly shift?: bigint;
  /** Where the texts of its values come from: a translate file, or a program, which is never run. */
  readonly translate?: TraceTranslation;
}

export interface TraceTranslation {
  readonly kind: "file" | "program" | "transactions";
  readonly path: string;
}

/** Reads a save file. What is not understood is passed over with a warning; what is broken is an error with its line. */
export function parseGtkwaveSave(text: string): Result<GtkwaveSave, CompanionError> {
  const reader = new SaveReader();
  return readCompanion(
    text,
    (line, number) => reader.take(line, number),
    () => reader.finish(),
  );
}

interface OpenGroup {
  readonly name: string;
  readonly closed: boolean;
  readonly line: number;
  readonly rows: GtkwaveRow[];
}

/** Commands in brackets that say nothing about the waveform: windows, panes, time stamps, searches. */
const IGNORED =
  /^\[(?:\*|dumpfile_mtime|dumpfile_size|savefile|size|pos|sst_\w+|signals_width|optimize_vcd|pattern_trace|transaction_args|timezero|cursor|tree\w*)\]/;

class SaveReader {
  readonly #warnings = new Warnings();
  readonly #groups: OpenGroup[] = [{ name: "", closed: false, line: 0, rows: [] }];
  readonly #markers: { letter: string; time: bigint }[] = [];
  readonly #markerNames = new Map<string, string>();
  readonly #openScopes: string[] = [];
  #facts: { dumpFile?: string; start?: bigint; zoom?: number; marker?: bigint } = {};
  #flags = 0n;
  #rows = 0;
  #understood = false;
  /** Said of the next trace only. */
  #next: { alias?: string; color?: number; shift?: bigint; fraction?: number; translate?: TraceTranslation } =
    {};
  #isSearch = false;

  take(line: string, number: number): void {
    if (line.trim() === "") return;
    switch (line[0]) {
      case "[":
        return this.#command(line, number);
      case "*":
        return this.#position(line, number);
      case "@":
        return this.#setFlags(line, number);
      case "-":
        return this.#text(line.slice(1), number);
      case "^":
        return this.#translate(line, number);
      case ">":
        this.#next.shift = ticksOf(line.slice(1).trim(), number);
        return;
      case "!":
      case "?":
        // Patterns of searches.
        if (!this.#isSearch) this.#warnings.add(number, "A search is passed over");
        return;
      case "#":
      case ":":
        return this.#vector(line, number);
      case "+":
        return this.#aliased(line, number);
      default:
        return this.#signal(line.trim(), number);
    }
  }

  finish(): GtkwaveSave {
    if (!this.#understood) throw new CompanionFailure("This is no save file of GTKWave");
    while (this.#groups.length > 1) {
      const group = this.#groups.at(-1);
      this.#warnings.add(group?.line ?? 0, `The group ${group?.name ?? ""} does not end`);
      this.#closeGroup();
    }
    return {
      ...this.#facts,
      markers: this.#markers.map((marker) => {
        const name = this.#markerNames.get(marker.letter);
        return name === undefined ? marker : { ...marker, name };
      }),
      openScopes: this.#openScopes,
      rows: this.#groups[0]?.rows ?? [],
      warnings: this.#warnings.list,
    };
  }

  #command(line: string, number: number): void {
    const match = /^\[([^\]]*)\](.*)$/s.exec(line);
    const value = (match?.[2] ?? "").trim();
    switch (match?.[1]) {
      case "*":
        this.#understood = true;
        return;
      case "dumpfile": {
        const path = unquoted(value);
        if (path !== "" && path !== "(null)") this.#facts.dumpFile = path;
        break;
      }
      case "timestart":
        this.#facts.start = ticksOf(value, number);
        break;
      case "treeopen":
        if (this.#openScopes.length < MAX_ROWS) this.#openScopes.push(value.replace(/\.$/, ""));
        break;
      case "markername": {
        const letter = /^(\S)(.*)$/.exec(value);
        if (letter?.[1] !== undefined) this.#markerNames.set(letter[1], letter[2] ?? "");
        break;
      }
      case "color":
        this.#next.color = smallNumber(value, number, 255);
        break;
      case "fpshift_count":
        this.#next.fraction = smallNumber(value, number, 65_535);
        break;
      case "pattern_trace":
        this.#isSearch = value === "1";
        break;
      default:
        if (IGNORED.test(line)) break;
        this.#warnings.add(number, `${line.slice(0, 40)} is not known`);
        return;
    }
    this.#understood = true;
  }

  /** `*zoom marker A B C …`, -1 for a marker that is not set. */
  #position(line: string, number: number): void {
    const [zoomText = "", markerText, ...named] = line.slice(1).trim().split(/\s+/);
    const zoom = Number(zoomText);
    if (zoomText === "" || !Number.isFinite(zoom))
      throw new CompanionFailure(`"${zoomText}" is no zoom`, number);
    this.#facts.zoom = zoom;
    const marker = markerText === undefined ? -1n : ticksOf(markerText, number);
    if (marker >= 0n) this.#facts.marker = marker;
    this.#markers.length = 0;
    for (const [i, text] of named.slice(0, MAX_PARTS).entries()) {
      const time = ticksOf(text, number);
      if (time >= 0n) this.#markers.push({ letter: markerLetter(i), time });
    }
    this.#understood = true;
  }

  #setFlags(line: string, number: number): void {
    const digits = line.slice(1).trim();
    if (!/^[0-9a-f]{1,16}$/i.test(digits)) {
      throw new CompanionFailure(
        `"${digits.slice(0, 40)}" are no flags: hexadecimal digits are expected after @`,
        number,
      );
    }
    this.#flags = BigInt(`0x${digits}`);
    this.#understood = true;
  }

  /** `-text`: the beginning or end of a group, a comment or a blank line, as the flags say. */
  #text(text: string, number: number): void {
    const flags = this.#look();
    this.#next = {};
    if (flags.isGroupBegin) {
      if (this.#groups.length > MAX_DEPTH)
        throw new CompanionFailure(`Groups are nested deeper than ${MAX_DEPTH}`, number);
      this.#count(number);
      this.#groups.push({ name: text, closed: flags.isClosed, line: number, rows: [] });
    } else if (flags.isGroupEnd) {
      if (this.#groups.length > 1) this.#closeGroup();
      else this.#warnings.add(number, `The group ${text} ends and did not begin`);
    } else {
      this.#add(text.trim() === "" ? { kind: "blank" } : { kind: "comment", text }, number);
    }
  }

  /** `^1 file`, `^>1 program`, `^<1 program`: how the values of the next trace are translated. */
  #translate(line: string, number: number): void {
    const match = /^\^([<>]?)\d+\s+(.+)$/.exec(line.trim());
    const path = match?.[2];
    if (path === undefined) {
      this.#warnings.add(number, "A translation without a file");
      return;
    }
    const kind = match?.[1] === ">" ? "program" : match?.[1] === "<" ? "transactions" : "file";
    this.#next.translate = { kind, path };
  }

  /** `#{name} part part …`, also `#name part …`. */
  #vector(line: string, number: number): void {
    const match = /^[#:](?:\{([^}]*)\}|(\S+))\s+(.*)$/.exec(line);
    const name = match?.[1] ?? match?.[2];
    if (name === undefined) throw new CompanionFailure("A vector needs a name and signals", number);
    const parts = (match?.[3] ?? "")
      .trim()
      .split(/\s+/)
      .filter((part) => part !== "");
    if (parts.length > MAX_PARTS)
      throw new CompanionFailure(`A vector has more than ${MAX_PARTS} signals`, number);
    if (parts.length === 0) throw new CompanionFailure(`The vector ${name} has no signals`, number);
    this.#add({ kind: "vector", name, parts: parts.map(part), ...this.#trace() }, number);
  }

  /** `+{alias} signal`, also `+alias signal`; the signal may be a vector. */
  #aliased(line: string, number: number): void {
    const match = /^\+(?:\{([^}]*)\}|(\S+))\s+(.+)$/.exec(line);
    const alias = match?.[1] ?? match?.[2];
    const rest = match?.[3];
    if (alias === undefined || rest === undefined)
      throw new CompanionFailure("An alias needs a signal", number);
    this.#next.alias = alias;
    if (rest.startsWith("#") || rest.startsWith(":")) this.#vector(rest, number);
    else this.#signal(rest.trim(), number);
  }

  #signal(name: string, number: number): void {
    this.#add({ kind: "signal", ...part(name), ...this.#trace() }, number);
  }

  #look(): TraceFlags {
    return traceFlags(this.#flags, this.#next.fraction ?? 0);
  }

  /** What is said of this trace, and forgets it. */
  #trace(): TraceRow {
    const { look } = this.#look();
    const { fraction: _, ...own } = this.#next;
    this.#next = {};
    return { look, ...own };
  }

  #closeGroup(): void {
    const group = this.#groups.pop();
    if (group === undefined) return;
    const { name, closed, rows } = group;
    this.#groups.at(-1)?.rows.push({ kind: "group", name, closed, rows });
  }

  #add(row: GtkwaveRow, number: number): void {
    this.#count(number);
    this.#groups.at(-1)?.rows.push(row);
  }

  #count(number: number): void {
    if (++this.#rows > MAX_ROWS)
      throw new CompanionFailure(`The file has more than ${MAX_ROWS} rows`, number);
  }
}

/** `(3)top.bus[7:0]` is digit 3, from the left, of the signal. */
function part(text: string): VectorPart {
  const match = /^\((\d{1,8})\)(.+)$/.exec(text);
  return match?.[2] === undefined ? { name: text } : { name: match[2], digit: Number(match[1]) };
}

/** The names of markers: A to Z, then as GTKWave counts on, AA, AB, … */
function markerLetter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : markerLetter(Math.floor(index / 26) - 1) + last;
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

function ticksOf(text: string, line: number): bigint {
  if (!/^-?\d{1,20}$/.test(text))
    throw new CompanionFailure(`"${text.slice(0, 40)}" is no time in ticks`, line);
  return BigInt(text);
}

function smallNumber(text: string, line: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value > most) {
    throw new CompanionFailure(`"${text.slice(0, 40)}" is no number from 0 to ${most}`, line);
  }
  return value;
}
