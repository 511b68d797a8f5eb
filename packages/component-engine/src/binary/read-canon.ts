import { invalid, unsupported } from "../errors.js";
import type { Reader } from "./reader.js";
import { readTypeRef } from "./read-types.js";
import type { Canon, CanonOptions } from "./syntax.js";

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
  const opcode = reader.byte();
  switch (opcode) {
    case 0x00:
      expectZero(reader);
      return { kind: "lift", func: reader.u32(), options: readOptions(reader), type: reader.u32() };
    case 0x01:
      expectZero(reader);
      return { kind: "lower", func: reader.u32(), options: readOptions(reader) };
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
      throw unsupported(`the built-in ${threadBuiltins[opcode - 0x40] ?? ""}`, reader.start);
    default: {
      const builtin = unsupportedBuiltins[opcode - firstUnsupported];
      if (builtin === undefined) {
        throw reader.unknown("canonical definition", opcode);
      }
      const [feature = "", operands = ""] = builtin.split(":");
      for (const operand of operands) skipOperand(reader, operand);
      return { kind: "unsupported", feature };
    }
  }
}

function expectZero(reader: Reader): void {
  reader.expect(0, "a canonical definition lacks a 0");
}

function skipOperand(reader: Reader, operand: string): void {
  if (operand === "b") reader.byte();
  else if (operand === "i") reader.u32();
  else if (operand === "o") readOptions(reader);
  else if (reader.flag()) expectZero(reader);
  else readTypeRef(reader);
}

const asyncAbi = "the async ABI";
const encodings = ["utf8", "utf16", "latin1+utf16"] as const;

function readOptions(reader: Reader): CanonOptions {
  const options: { -readonly [K in keyof CanonOptions]: CanonOptions[K] } = {
    encoding: "utf8",
    memory: undefined,
    realloc: undefined,
    postReturn: undefined,
    unsupported: undefined,
  };
  const seen = new Set<number>();
  for (let left = reader.count(); left > 0; left--) {
    const option = reader.byte();
    const slot = Math.max(option, encodings.length - 1);
    if (seen.has(slot)) throw invalid("a canonical option is given twice", reader.start);
    seen.add(slot);
    const encoding = encodings[option];
    if (encoding !== undefined) {
      options.encoding = encoding;
      continue;
    }
    switch (option) {
      case 0x03:
        options.memory = reader.u32();
        break;
      case 0x04:
        options.realloc = reader.u32();
        break;
      case 0x05:
        options.postReturn = reader.u32();
        break;
      case 0x07:
        reader.u32();
        options.unsupported = asyncAbi;
        break;
      case 0x06:
        options.unsupported = asyncAbi;
        break;
      case 0x08:
        reader.u32();
        options.unsupported = "the canonical option core-type";
        break;
      case 0x09:
        options.unsupported = "the canonical option gc";
        break;
      default:
        throw reader.unknown("canonical option", option);
    }
  }
  return options;
}
