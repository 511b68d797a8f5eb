import type { Reader } from "../binary/reader.js";
import { unsupported, type EngineError } from "../errors.js";

/** Instructions of constant expressions that have no operand: `end` is 0x0b, the rest adds, subtracts and multiplies. */
const bare: ReadonlySet<number> = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

/** Reads past the expression that a global begins with. The platform validates it; here only its end matters. */
export function skipConstantExpression(reader: Reader): void {
  for (;;) {
    const opcode = reader.byte();
    const { start } = reader;
    switch (opcode) {
      case 0x0b:
        return;
      case 0x41:
      case 0x42:
        skipLeb(reader, opcode === 0x41 ? 5 : 10);
        break;
      case 0x43:
        reader.take(4);
        break;
      case 0x44:
        reader.take(8);
        break;
      // global.get, ref.func, ref.null
      case 0x23:
      case 0xd2:
      case 0xd0:
        skipLeb(reader, 5);
        break;
      case 0xfd:
        if (reader.u32() !== 12) throw unknown(start);
        reader.take(16);
        break;
      default:
        if (!bare.has(opcode)) throw unknown(start);
    }
  }
}

function skipLeb(reader: Reader, longest: number): void {
  for (let i = 0; i < longest; i++) if (reader.byte() < 0x80) return;
  throw reader.malformed("a number is too long");
}

function unknown(offset: number): EngineError {
  return unsupported("constant expressions of the GC proposal", offset);
}
