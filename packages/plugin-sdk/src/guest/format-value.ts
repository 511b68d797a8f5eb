import { withSourcePositions } from "./source-positions.js";

// Bounded: a plugin may log what it does not know, and the host cuts a message anyway.
const maxDepth = 4;
const maxItems = 100;
const maxParts = 1_000;
const maxText = 8_192;

/** The arguments of `console.log` as one text: texts as they are, errors with their stack, objects four deep. */
export function formatValues(values: readonly unknown[]): string {
  const formatter = new Formatter();
  return values.map((value) => (typeof value === "string" ? value : formatter.format(value))).join(" ");
}

class Formatter {
  readonly #above: object[] = [];
  #parts = 0;

  format(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value.slice(0, maxText));
      case "bigint":
        return `${value}n`;
      case "function":
        return `[Function ${value.name || "(anonymous)"}]`;
      case "object":
        return value === null ? "null" : this.#tryObject(value);
      default:
        return Object.is(value, -0) ? "-0" : String(value);
    }
  }

  /** Getters and proxies are code of the plugin: what they throw must not come from a line that logs. */
  #tryObject(value: object): string {
    if (this.#above.includes(value)) return "[Circular]";
    this.#above.push(value);
    try {
      return this.#object(value);
    } catch {
      return "[Object that cannot be shown]";
    } finally {
      this.#above.pop();
    }
  }

  #object(value: object): string {
    if (value instanceof Error) return this.#error(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    const name = classOf(value);
    if (this.#above.length > maxDepth) return `[${name}]`;
    if (Array.isArray(value)) return this.#list("", "[", value, "]");
    if (ArrayBuffer.isView(value) && !(value instanceof DataView))
      return this.#list(`${name} `, "[", value as unknown as Iterable<unknown>, "]");
    if (value instanceof Set) return this.#list(`${name} `, "{", value, "}");
    if (value instanceof Map)
      return this.#list(`${name} `, "{", value, "}", (entry) => {
        const [key, item] = entry as [unknown, unknown];
        return `${this.format(key)} => ${this.format(item)}`;
      });
    return this.#list(name === "Object" ? "" : `${name} `, "{", Object.keys(value), "}", (key) =>
      this.#property(value, String(key)),
    );
  }

  /** The engine's `stack` has the frames only; that of others begins with name and message. */
  #error(error: Error): string {
    const title = `${error.name}: ${error.message}`;
    const stack = withSourcePositions(error.stack ?? "").trimEnd();
    const text = stack.startsWith(title) ? stack : `${title}\n${stack}`.trimEnd();
    return error.cause === undefined ? text : `${text}\nCaused by: ${this.format(error.cause)}`;
  }

  #property(of: object, key: string): string {
    const property = Object.getOwnPropertyDescriptor(of, key);
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return `${name}: ${property && "value" in property ? this.format(property.value) : "[Getter]"}`;
  }

  #list(
    title: string,
    open: string,
    items: Iterable<unknown>,
    close: string,
    show: (item: unknown) => string = (item) => this.format(item),
  ): string {
    const shown: string[] = [];
    for (const item of items) {
      if (shown.length === maxItems || this.#parts === maxParts) {
        shown.push("…");
        break;
      }
      this.#parts++;
      shown.push(show(item));
    }
    const space = open === "{" && shown.length > 0 ? " " : "";
    return `${title}${open}${space}${shown.join(", ")}${space}${close}`;
  }
}

function classOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "Object";
  const made: unknown = (prototype as { constructor?: unknown }).constructor;
  return (typeof made === "function" && made.name) || "Object";
}
