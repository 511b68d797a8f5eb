import { unsupported } from "../errors.js";
import type { Reader } from "./reader.js";
import { readTypeRef } from "./read-types.js";
import type { Canon, CanonOptions, StringEncoding } from "./syntax.js";

const threadBuiltins = ["thread.spawn-ref", "thread.spawn-indirect", "thread.available-parallelism"];

/**
 * Built-ins of the async ABI, of threads and of error-context, by opcode: read past, refused by name when the component is
 * compiled. After the name come the operands: a byte, an index or number, options, a result.
 */
const firstUnsupported = 0x05;
const unsupportedBuiltins = [
  "task.cancel",
  "subtask.cancel:b",
  "resource.drop async:i",
  "backpressure.set",
  "task.return:ro",
  "context.get:bi",
  "context.set:bi",
  "thread.yield:b",
  "subtask.drop",
  "stream.new:i",
  "stream.read:io",
  "stream.write:io",
  "stream.cancel-read:ib",
  "stream.cancel-write:ib",
  "stream.drop-readable:i",
  "stream.drop-writable:i",
  "future.new:i",
  "future.read:io",
  "future.write:io",
  "future.cancel-read:ib",
  "future.cancel-write:ib",
  "future.drop-readable:i",
  "future.drop-writable:i",
  "error-context.new:o",
  "error-context.debug-message:o",
  "error-context.drop",
  "waitable-set.new",
  "waitable-set.wait:bi",
  "waitable-set.poll:bi",
  "waitable-set.drop",
  "waitable.join",
  "backpressure.inc",
  "backpressure.dec",
  "thread.index",
  "thread.new-indirect:ii",
  "thread.resume-later",
  "thread.suspend:b",
  "thread.suspend-then-resume:b",
  "thread.yield-then-resume:b",
  "thread.suspend-then-promote:b",
  "thread.yield-then-promote:b",
  "stream.forward:i",
  "future.forward:i",
];

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
      const builtin = unsupportedBuiltins[opcode - firstUnsupported];
      if (builtin === undefined) {
        throw reader.unknown("canonical definition", opcode, start);
      }
      const [feature = "", operands = ""] = builtin.split(":");
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

function skipOperand(reader: Reader, operand: string): void {
  if (operand === "b") reader.byte();
  else if (operand === "i") reader.u32();
  else if (operand === "o") readOptions(reader);
  else if (reader.byte() === 0) readTypeRef(reader);
  else requireZero(reader);
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
