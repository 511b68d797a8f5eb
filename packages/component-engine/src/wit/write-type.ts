import type { FuncType, ResourceType, ValueType } from "../types/value-types.js";
import type { TypeNames } from "./type-names.js";
import { identifier, type Writer } from "./writer.js";

/** Writes types as the body of one interface, or of the world, sees them. */
export class TypeWriter {
  readonly #names: TypeNames;
  readonly #owner: string | undefined;
  readonly #out: Writer;
  #room = 0;

  constructor(names: TypeNames, owner: string | undefined, out: Writer) {
    this.#names = names;
    this.#owner = owner;
    this.#out = out;
  }

  /** `func(a: u32) -> string` */
  func(type: FuncType): string {
    this.#room = this.#out.room;
    const params = type.params.map((param) => `${identifier(param.name)}: ${this.#ref(param.type)}`);
    const result = type.result === undefined ? "" : ` -> ${this.#ref(type.result)}`;
    return `${type.async ? "async " : ""}func(${params.join(", ")})${result}`;
  }

  /** `(a: u32)`, for constructors; one that can fail says so: `(a: u32) -> result<blob, string>`. */
  made(type: FuncType): string {
    this.#room = this.#out.room;
    const params = type.params.map((param) => `${identifier(param.name)}: ${this.#ref(param.type)}`);
    const result = type.result?.kind === "result" ? ` -> ${this.#ref(type.result)}` : "";
    return `(${params.join(", ")})${result}`;
  }

  /** The definition of a named type. */
  define(name: string, type: ValueType): void {
    const out = this.#out;
    this.#room = out.room;
    const id = identifier(name);
    const origin = this.#names.origin(type);
    if (origin !== undefined && origin.owner === this.#owner) {
      out.line(`type ${id} = ${identifier(origin.name)};`);
      return;
    }
    switch (type.kind) {
      case "record":
        out.block(`record ${id}`, () => {
          for (const field of type.fields) out.line(`${identifier(field.name)}: ${this.#ref(field.type)},`);
        });
        return;
      case "variant":
        out.block(`variant ${id}`, () => {
          for (const item of type.cases) {
            out.line(
              `${identifier(item.name)}${item.type === undefined ? "" : `(${this.#ref(item.type)})`},`,
            );
          }
        });
        return;
      case "enum":
      case "flags":
        out.block(`${type.kind} ${id}`, () => {
          for (const label of type.labels) out.line(`${identifier(label)},`);
        });
        return;
      default:
        out.line(`type ${id} = ${this.#structure(type)};`);
    }
  }

  /** A type where it is used: by name if the interface names it. */
  #ref(type: ValueType): string {
    const name = this.#names.of(type);
    if (name !== undefined && name.owner === this.#owner) return identifier(name.name);
    return this.#structure(type);
  }

  #structure(type: ValueType): string {
    // Every level costs at least this much text.
    this.#room -= 4;
    if (this.#room < 0) return "…";
    const named = (items: readonly { name: string; type: ValueType | undefined }[]): string =>
      items
        .map((item) => (item.type === undefined ? item.name : `${item.name}: ${this.#ref(item.type)}`))
        .join(", ");
    switch (type.kind) {
      case "list":
        return `list<${this.#ref(type.element)}>`;
      case "tuple":
        return `tuple<${type.items.map((item) => this.#ref(item)).join(", ")}>`;
      case "option":
        return `option<${this.#ref(type.some)}>`;
      case "result":
        if (type.err !== undefined) {
          return `result<${type.ok === undefined ? "_" : this.#ref(type.ok)}, ${this.#ref(type.err)}>`;
        }
        return type.ok === undefined ? "result" : `result<${this.#ref(type.ok)}>`;
      case "own":
        return this.#resource(type.resource);
      case "borrow":
        return `borrow<${this.#resource(type.resource)}>`;
      // WIT has no such types without a name; components can.
      case "record":
        return `record { ${named(type.fields)} }`;
      case "variant":
        return `variant { ${named(type.cases)} }`;
      case "enum":
      case "flags":
        return `${type.kind} { ${type.labels.join(", ")} }`;
      case "unsupported":
        return `/* ${type.feature} */`;
      default:
        return type.kind;
    }
  }

  #resource(type: ResourceType): string {
    const name = this.#names.of(type) ?? this.#names.origin(type);
    return identifier(name?.name ?? type.name ?? "resource");
  }
}
