import { unsupported } from "../errors.js";
import type { Reader } from "./reader.js";
import { readTypeRef } from "./read-types.js";
import type { Canon, CanonOptions, StringEncoding } from "./syntax.js";

const threadBuiltins = ["thread.spawn-ref", "thread.spawn-indirect", "thread.available-parallelism"];

type Operand = "index" | "options" | "flag" | "zero" | "core-type" | "u32" | "result";

/** Built-ins of the async ABI, of threads and of error-context: read past, refused by name when the component is compiled. */
const unsupportedBuiltins: ReadonlyMap<number, readonly [name: string, ...operands: Operand[]]> = new Map([
  [0x05, ["task.cancel"]],
  [0x06, ["subtask.cancel", "flag"]],
  [0x07, ["resource.drop async", "index"]],
  [0x08, ["backpressure.set"]],
  [0x09, ["task.return", "result", "options"]],
  [0x0a, ["context.get", "core-type", "u32"]],
  [0x0b, ["context.set", "core-type", "u32"]],
  [0x0c, ["thread.yield", "flag"]],
  [0x0d, ["subtask.drop"]],
  [0x0e, ["stream.new", "index"]],
  [0x0f, ["stream.read", "index", "options"]],
  [0x10, ["stream.write", "index", "options"]],
  [0x11, ["stream.cancel-read", "index", "flag"]],
  [0x12, ["stream.cancel-write", "index", "flag"]],
  [0x13, ["stream.drop-readable", "index"]],
  [0x14, ["stream.drop-writable", "index"]],
  [0x15, ["future.new", "index"]],
  [0x16, ["future.read", "index", "options"]],
  [0x17, ["future.write", "index", "options"]],
  [0x18, ["future.cancel-read", "index", "flag"]],
  [0x19, ["future.cancel-write", "index", "flag"]],
  [0x1a, ["future.drop-readable", "index"]],
  [0x1b, ["future.drop-writable", "index"]],
  [0x1c, ["error-context.new", "options"]],
  [0x1d, ["error-context.debug-message", "options"]],
  [0x1e, ["error-context.drop"]],
  [0x1f, ["waitable-set.new"]],
  [0x20, ["waitable-set.wait", "flag", "index"]],
  [0x21, ["waitable-set.poll", "flag", "index"]],
  [0x22, ["waitable-set.drop"]],
  [0x23, ["waitable.join"]],
  [0x24, ["backpressure.inc"]],
  [0x25, ["backpressure.dec"]],
  [0x26, ["thread.index"]],
  [0x27, ["thread.new-indirect", "index", "index"]],
  [0x28, ["thread.resume-later"]],
  [0x29, ["thread.suspend", "flag"]],
  [0x2a, ["thread.suspend-then-resume", "flag"]],
  [0x2b, ["thread.yield-then-resume", "flag"]],
  [0x2c, ["thread.suspend-then-promote", "flag"]],
  [0x2d, ["thread.yield-then-promote", "flag"]],
  [0x2e, ["stream.forward", "index"]],
  [0x2f, ["future.forward", "index"]],
]);

/** Reads one `canon` definition. */
export function readCanon(reader: Reader): Canon {
  const start = reader.offset;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00: {
      requireZero(reader);
      const func = reader.u32();
      const options = readOptions(reader);
      return { kind: "lift", func, options, type: reader.u32() };
    }
    case 0x01: {
      requireZero(reader);
      const func = reader.u32();
      return { kind: "lower", func, options: readOptions(reader) };
    }
    case 0x02:
      return { kind: "resource.new", resource: reader.u32() };
    case 0x03:
      return { kind: "resource.drop", resource: reader.u32() };
    case 0x04:
      return { kind: "resource.rep", resource: reader.u32() };
    case 0x40:
    case 0x41:
    case 0x42:
      // Their operands differ between versions of the proposal, so they cannot be read past.
      throw unsupported(`the built-in ${threadBuiltins[opcode - 0x40] ?? ""}`, start);
    default: {
      const builtin = unsupportedBuiltins.get(opcode);
      if (builtin === undefined) {
        throw reader.unknown("canonical definition", opcode, start);
      }
      const [feature, ...operands] = builtin;
      for (const operand of operands) skipOperand(reader, operand);
      return { kind: "unsupported", feature };
    }
  }
}

function requireZero(reader: Reader): void {
  const start = reader.offset;
  const byte = reader.byte();
  if (byte !== 0) throw reader.unknown("0", byte, start);
}

function skipOperand(reader: Reader, operand: Operand): void {
  switch (operand) {
    case "options":
      readOptions(reader);
      return;
    case "result":
      if (reader.byte() === 0) readTypeRef(reader);
      else requireZero(reader);
      return;
    case "flag":
    case "zero":
    case "core-type":
      reader.byte();
      return;
    case "index":
    case "u32":
      reader.u32();
  }
}

function readOptions(reader: Reader): CanonOptions {
  let encoding: StringEncoding | undefined;
  let memory: number | undefined;
  let realloc: number | undefined;
  let postReturn: number | undefined;
  let unsupported: string | undefined;
  const seen = new Set<number>();
  reader.vec("canonical options", () => {
    const start = reader.offset;
    const option = reader.byte();
    const slot = option <= 2 ? 0 : option;
    if (seen.has(slot)) throw reader.malformed("a canonical option is given twice", start);
    seen.add(slot);
    switch (option) {
      case 0x00:
        encoding = "utf8";
        break;
      case 0x01:
        encoding = "utf16";
        break;
      case 0x02:
        encoding = "latin1+utf16";
        break;
      case 0x03:
        memory = reader.u32();
        break;
      case 0x04:
        realloc = reader.u32();
        break;
      case 0x05:
        postReturn = reader.u32();
        break;
      case 0x06:
        unsupported = "the async ABI";
        break;
      case 0x07:
        reader.u32();
        unsupported = "the async ABI";
        break;
      case 0x08:
        reader.u32();
        unsupported = "the canonical option core-type";
        break;
      case 0x09:
        unsupported = "the canonical option gc";
        break;
      default:
        throw reader.unknown("canonical option", option, start);
    }
  });
  return { encoding: encoding ?? "utf8", memory, realloc, postReturn, unsupported };
}
