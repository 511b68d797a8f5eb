import { assertNever } from "@novywave/base";
import * as fc from "fast-check";
import { GhwBytes } from "./ghw-bytes.test.support.js";
import type { ModelSignal } from "./random-waveform.test.support.js";

/** A made-up GHW file and its variables `v0`, `v1`, … with their changes, the plain truth. */
export interface ModelGhw {
  readonly bytes: Uint8Array;
  readonly signals: readonly ModelSignal[];
  readonly end: bigint;
}

const STD = ["'U'", "'X'", "'0'", "'1'", "'Z'", "'W'", "'L'", "'H'", "'-'"];
const LETTERS = "ux01zwlh-";
const CHARACTERS = Array.from({ length: 256 }, (_, code) => `c${code}`);
const STRINGS = [
  ...STD,
  "std_ulogic",
  "vector",
  "integer",
  "wide",
  "real",
  "state",
  "a",
  "b",
  "c",
  "character",
  "text",
];
const nameOf = (name: string): number => STRINGS.indexOf(name) + 1;

// Numbers of types in the file.
const T_STD = 1;
const T_INT = 2;
const T_WIDE = 3;
const T_REAL = 4;
const T_STATE = 5;
const T_CHARACTER = 6;
const T_FIRST_SUBTYPE = 9;

type Shape =
  | { readonly kind: "std" | "int" | "wide" | "real" | "state" }
  | { readonly kind: "vector" | "text"; readonly width: number; readonly downto: boolean };

const sized = fc.record({ width: fc.integer({ min: 1, max: 70 }), downto: fc.boolean() });
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.constantFrom("std", "int", "wide", "real", "state").map((kind) => ({ kind }) as const),
  sized.map(({ width, downto }) => ({ kind: "vector", width, downto }) as const),
  sized.map(({ width, downto }) => ({ kind: "text", width, downto }) as const),
);

/** Files of a few variables of all kinds with up to `maxWrites` written values, in either order of bytes. */
export function randomGhw(maxWrites: number): fc.Arbitrary<ModelGhw> {
  return fc
    .record({
      littleEndian: fc.boolean(),
      version: fc.constantFrom(0, 1),
      shapes: fc.array(shape, { minLength: 1, maxLength: 6 }),
      step: fc.constantFrom(1n, 1_000_000n, 2n ** 40n, 2n ** 54n),
      writes: fc.array(
        fc.record({
          advance: fc.integer({ min: 0, max: 3 }),
          basic: fc.nat(1_000),
          number: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
          wide: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          real: fc.double(),
        }),
        { maxLength: maxWrites },
      ),
    })
    .map(({ littleEndian, version, shapes, step, writes }) => {
      const file = new GhwBytes(littleEndian);
      writeDeclarations(file, version, shapes);
      // Basic signals in order: which variable, which element.
      const basics = shapes.flatMap((own, variable) =>
        Array.from({ length: "width" in own ? own.width : 1 }, (_, element) => ({ variable, element, own })),
      );
      const elements = basics.map(({ own }) => zeroOf(own));
      const changes: { time: bigint; value: string }[][] = shapes.map(() => []);
      const note = (time: bigint): void => {
        for (const [variable, own] of shapes.entries()) {
          const value = shownValue(
            own,
            elements.filter((_, i) => basics[i]?.variable === variable),
          );
          const list = changes[variable];
          if (list?.at(-1)?.time === time) list.pop();
          if (list && list.at(-1)?.value !== value) list.push({ time, value });
        }
      };
      file.section("SNP").int64(0n);
      for (const [i, { own }] of basics.entries()) writeValue(file, own, elements[i] ?? 0);
      file.text("ESN\0");
      note(0n);
      file.text("CYC\0").int64(0n);
      let time = 0n;
      let last = -1;
      for (const write of writes) {
        const basic = write.basic % basics.length;
        const own = basics[basic]?.own;
        if (own === undefined) continue;
        const later = BigInt(write.advance) * step;
        // A cycle names its signals in ascending order; another one, perhaps at the same time, begins.
        if ((later > 0n && time + later < 2n ** 63n) || basic <= last) {
          const advance = later > 0n && time + later < 2n ** 63n ? later : 0n;
          file.byte(0).sleb(advance);
          time += advance;
          last = -1;
        }
        const value = own.kind === "wide" ? write.wide : own.kind === "real" ? write.real : write.number;
        const fitting = fit(own, value);
        file.uleb(basic - last);
        writeValue(file, own, fitting);
        last = basic;
        elements[basic] = fitting;
        note(time);
      }
      file.byte(0).sleb(-1).text("ECY\0").section("DIR").int32(0).text("EOD\0").section("TAI").int32(0);
      const signals = shapes.map((own, variable): ModelSignal => {
        const kind = own.kind === "real" ? "real" : own.kind === "text" ? "string" : "bits";
        return { kind, width: widthOf(own), changes: changes[variable] ?? [] };
      });
      return { bytes: file.result, signals, end: time };
    });
}

function writeDeclarations(file: GhwBytes, version: number, shapes: readonly Shape[]): void {
  const composites = shapes.filter((own) => "width" in own);
  file.header(version).strings([...STRINGS, ...shapes.map((_, i) => `v${i}`), ...CHARACTERS]);
  file.section("TYP").int32(8 + composites.length);
  file.byte(23).uleb(nameOf("std_ulogic")).uleb(9);
  for (const literal of STD) file.uleb(nameOf(literal));
  file.byte(25).uleb(nameOf("integer")).byte(26).uleb(nameOf("wide")).byte(27).uleb(nameOf("real"));
  file.byte(23).uleb(nameOf("state")).uleb(3).uleb(nameOf("a")).uleb(nameOf("b")).uleb(nameOf("c"));
  file.byte(23).uleb(nameOf("character")).uleb(256);
  for (let i = 0; i < 256; i++) file.uleb(STRINGS.length + shapes.length + i + 1);
  file.byte(31).uleb(nameOf("vector")).uleb(T_STD).uleb(1).uleb(T_INT);
  file.byte(31).uleb(nameOf("text")).uleb(T_CHARACTER).uleb(1).uleb(T_INT);
  for (const own of composites) {
    file
      .byte(35)
      .uleb(0)
      .uleb(own.kind === "vector" ? 7 : 8);
    if (own.downto)
      file
        .byte(25 + 128)
        .sleb(own.width - 1)
        .sleb(0);
    else
      file
        .byte(25)
        .sleb(0)
        .sleb(own.width - 1);
  }
  file.byte(0).section("WKT").byte(3).uleb(T_STD).byte(0);
  file.section("HIE").int32(0).int32(shapes.length).int32(0);
  let basic = 1;
  let subtype = T_FIRST_SUBTYPE;
  for (const [i, own] of shapes.entries()) {
    file
      .byte(16)
      .uleb(STRINGS.length + i + 1)
      .uleb("width" in own ? subtype++ : typeOf(own.kind));
    const elements = "width" in own ? own.width : 1;
    for (let element = 0; element < elements; element++) file.uleb(basic++);
  }
  file.byte(0).text("EOH\0");
}

function typeOf(kind: "std" | "int" | "wide" | "real" | "state"): number {
  return { std: T_STD, int: T_INT, wide: T_WIDE, real: T_REAL, state: T_STATE }[kind];
}

function widthOf(own: Shape): number {
  switch (own.kind) {
    case "vector":
      return own.width;
    case "int":
      return 32;
    case "wide":
      return 64;
    case "state":
      return 2;
    default:
      return 1;
  }
}

function zeroOf(own: Shape): number | bigint {
  return own.kind === "wide" ? 0n : 0;
}

function fit(own: Shape, value: number | bigint): number | bigint {
  switch (own.kind) {
    case "std":
    case "vector":
      return Math.abs(Number(value)) % 9;
    case "state":
      return Math.abs(Number(value)) % 3;
    case "text":
      return Math.abs(Number(value)) % 256;
    default:
      return value;
  }
}

function writeValue(file: GhwBytes, own: Shape, value: number | bigint): void {
  if (own.kind === "int" || own.kind === "wide") file.sleb(value);
  else if (own.kind === "real") file.float64(Number(value));
  else file.byte(Number(value));
}

/** A value as a person would note it. */
function shownValue(own: Shape, elements: readonly (number | bigint)[]): string {
  const [first = 0] = elements;
  switch (own.kind) {
    case "std":
    case "vector":
      return elements.map((element) => LETTERS[Number(element)]).join("");
    case "int":
    case "wide":
    case "state":
      return BigInt.asUintN(widthOf(own), BigInt(first)).toString(2).padStart(widthOf(own), "0");
    case "real":
      return Object.is(first, -0) ? "-0" : String(first);
    case "text":
      return elements.map((element) => String.fromCharCode(Number(element))).join("");
    default:
      return assertNever(own);
  }
}
