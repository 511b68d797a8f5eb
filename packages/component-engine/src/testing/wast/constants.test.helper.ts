import { camelCase, type ValueType } from "../../index.js";
import { textOf, type List, type Node } from "./s-expressions.test.helper.js";

/** The value of a constant, `(u32.const 1)`, of a type, as the engine takes and returns it. */
export function valueOf(constant: List, type: ValueType): unknown {
  const [head, ...rest] = constant.items;
  const form = head?.kind === "word" ? head.text : "";
  const operand = rest[0];
  switch (type.kind) {
    case "bool":
      return textAt(operand) === "true";
    case "u64":
    case "s64":
      return bigOf(textAt(operand));
    case "f32":
      return Math.fround(floatOf(textAt(operand)));
    case "f64":
      return floatOf(textAt(operand));
    case "char":
    case "string":
      return textOf(textAt(operand));
    case "list":
      return rest.map((item) => valueOf(list(item), type.element));
    case "tuple":
      return type.items.map((item, i) => valueOf(list(rest[i]), item));
    case "record":
      return Object.fromEntries(
        type.fields.map((field) => [camelCase(field.name), fieldOf(rest, field.name, field.type)]),
      );
    case "flags": {
      const set = new Set(rest.map((item) => textOf(textAt(item))));
      return Object.fromEntries(type.labels.map((label) => [camelCase(label), set.has(label)]));
    }
    case "enum":
      return textOf(textAt(operand));
    case "variant": {
      const tag = textOf(textAt(operand));
      const payload = type.cases.find((item) => item.name === tag)?.type;
      return payload === undefined || rest[1] === undefined
        ? { tag }
        : { tag, val: valueOf(list(rest[1]), payload) };
    }
    case "option": {
      const some = form === "option.some" ? valueOf(list(operand), type.some) : undefined;
      if (type.some.kind !== "option") return some;
      return form === "option.some" ? { tag: "some", val: some } : { tag: "none" };
    }
    case "result": {
      const tag = form === "result.ok" ? "ok" : "err";
      const payload = tag === "ok" ? type.ok : type.err;
      return {
        tag,
        val: payload === undefined || operand === undefined ? undefined : valueOf(list(operand), payload),
      };
    }
    case "own":
    case "borrow":
    case "unsupported":
      throw new Error(`no constant stands for a value of type ${type.kind}`);
    default:
      return Number(bigOf(textAt(operand)));
  }
}

/** Whether a call answered what the script expects. NaNs are one value: which one it is cannot be seen in JavaScript. */
export function sameValue(actual: unknown, expected: unknown): boolean {
  if (ArrayBuffer.isView(actual) && !(actual instanceof DataView)) {
    return sameValue(Array.from(actual as unknown as ArrayLike<unknown>), expected);
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && actual.every((item, i) => sameValue(item, expected[i]));
  }
  if (typeof actual === "object" && actual !== null && typeof expected === "object" && expected !== null) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    return [...keys].every((key) => sameValue(Reflect.get(actual, key), Reflect.get(expected, key)));
  }
  return Object.is(actual, expected);
}

function fieldOf(items: readonly Node[], name: string, type: ValueType): unknown {
  for (const item of items) {
    const field = list(item);
    const [, label, ...value] = field.items;
    if (label?.kind !== "string" || textOf(label.text) !== name) continue;
    // The constant of a field can stand without parentheses of its own.
    return valueOf(value[0]?.kind === "list" ? value[0] : { ...field, items: value }, type);
  }
  throw new Error(`a record lacks ${name}`);
}

function list(node: Node | undefined): List {
  if (node?.kind !== "list") throw new Error("a constant is missing");
  return node;
}

function textAt(node: Node | undefined): string {
  if (node === undefined || node.kind === "list") throw new Error("the operand of a constant is missing");
  return node.text;
}

function bigOf(text: string): bigint {
  const plain = text.replaceAll("_", "");
  return plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain.replace("+", ""));
}

function floatOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const plain = text.replace(/^[+-]/, "").replaceAll("_", "");
  if (plain.startsWith("nan")) return Number.NaN;
  if (plain === "inf") return sign * Number.POSITIVE_INFINITY;
  const hex = /^0x([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]+))?$/.exec(plain);
  if (hex === null) return sign * Number(plain);
  const [, whole = "", fraction = "", exponent = "0"] = hex;
  const digits = Number.parseInt(whole + fraction || "0", 16);
  return sign * digits * 2 ** (Number(exponent) - 4 * fraction.length);
}
