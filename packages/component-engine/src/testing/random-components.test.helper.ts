/**
 * Random texts of components, right and wrong: each definition refers to what is there, and now and then to what is not, or to
 * something of the wrong kind.
 */

/** A number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed, on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Kind = "value" | "func" | "resource" | "instance" | "component";

/** What the index spaces of a scope hold, as far as the generator knows. */
interface Space {
  readonly types: Kind[];
  readonly funcs: number[];
  /** Names that each instance exports, with what they are. */
  readonly instances: (readonly (readonly [name: string, sort: string])[])[];
  readonly components: (readonly (readonly [name: string, sort: string])[])[];
  readonly outer: Space | undefined;
  readonly kind: "component" | "component-type" | "instance-type";
  names: number;
}

/** The first of them stands in most types already, and some are the same name to the component model. */
const labels = ["b", "c-d", "r", "x", "r2", "e", "g", "C-D", "cd", "a"];
const primitives = ["u8", "u32", "s64", "f64", "bool", "char", "string"];

const coreModules = `
  (core module (func (export "f") (param i32) (result i32) (local.get 0)) (func (export "g"))
    (func (export "s") (param i32 i32)) (func (export "n") (result i32) (i32.const 0))
    (func (export "d") (param i32)) (memory (export "m") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
  (core instance (instantiate 0))
  (alias core export 0 "f" (core func)) (alias core export 0 "g" (core func)) (alias core export 0 "s" (core func))
  (alias core export 0 "n" (core func)) (alias core export 0 "d" (core func))
  (alias core export 0 "realloc" (core func)) (alias core export 0 "m" (core memory))`;

/** The text of a component. */
export function randomComponent(random: Random): string {
  return new Generator(random).component(undefined, 0).text;
}

class Generator {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  component(
    outer: Space | undefined,
    depth: number,
  ): { text: string; exports: (readonly [string, string])[] } {
    const space: Space = {
      types: [],
      funcs: [],
      instances: [],
      components: [],
      outer,
      kind: "component",
      names: 0,
    };
    const exports: (readonly [string, string])[] = [];
    const parts = [coreModules];
    const count = 3 + this.#random(9);
    for (let i = 0; i < count; i++) parts.push(this.#definition(space, exports, depth));
    return { text: `(component ${parts.join("\n")})`, exports };
  }

  #one<T, F extends T | undefined>(items: readonly T[], fallback: F): T | F {
    return items[this.#random(Math.max(1, items.length))] ?? fallback;
  }

  /** Whether there is nothing to refer to; seldom that is no hindrance. */
  #lacks(kinds: readonly unknown[], wanted: readonly unknown[] = []): boolean {
    const found = kinds.some((kind) => wanted.length === 0 || wanted.includes(kind));
    return !found && this.#random(40) > 0;
  }

  #label(fallback: string): string {
    return this.#random(4) === 0 ? this.#one(labels, fallback) : fallback;
  }

  /** Mostly an index that exists, of the wanted kind where there is one. */
  #index(kinds: readonly unknown[], wanted: readonly unknown[] = []): number {
    if (this.#random(60) === 0) return this.#random(kinds.length + 2);
    const fitting = kinds.flatMap((kind, i) => (wanted.length === 0 || wanted.includes(kind) ? [i] : []));
    return this.#one(fitting, kinds.length === 0 ? 0 : this.#random(kinds.length));
  }

  #name(space: Space): string {
    if (this.#random(20) === 0) return this.#one(labels, "a");
    space.names += 1;
    return `n${space.names}`;
  }

  #valueType(space: Space): string {
    if (this.#random(3) > 0 || !space.types.includes("value")) return this.#one(primitives, "u8");
    return String(this.#index(space.types, ["value"]));
  }

  #definedType(space: Space): string {
    const value = (): string => this.#valueType(space);
    switch (this.#random(9)) {
      case 0:
        return `(record (field "a" ${value()}) (field "${this.#label("b")}" ${value()}))`;
      case 1:
        return `(variant (case "a") (case "${this.#label("b")}" ${value()}))`;
      case 2:
        return `(list ${value()})`;
      case 3:
        return `(tuple ${value()} ${value()})`;
      case 4:
        return `(option ${value()})`;
      case 5:
        return `(result ${value()} (error ${value()}))`;
      case 6:
        return `(enum "a" "${this.#label("b")}")`;
      case 7:
        return `(flags "y" "${this.#label("z")}")`;
      default:
        return space.types.includes("resource")
          ? `(${this.#one(["own", "borrow"], "own")} ${this.#index(space.types, ["resource"])})`
          : value();
    }
  }

  #funcType(space: Space): string {
    const params = Array.from(
      { length: this.#random(3) },
      (_, i) => `(param "${i === 0 && this.#random(3) === 0 ? "self" : `p${i}`}" ${this.#valueType(space)})`,
    );
    const result = this.#random(2) === 0 ? "" : `(result ${this.#valueType(space)})`;
    return `(func ${params.join(" ")} ${result})`;
  }

  #type(space: Space, depth: number): string {
    const roll = this.#random(depth > 1 ? 8 : 11);
    if (roll < 5) {
      const text = this.#definedType(space);
      space.types.push("value");
      return `(type ${text})`;
    }
    if (roll < 7) {
      const text = this.#funcType(space);
      space.types.push("func");
      return `(type ${text})`;
    }
    if (roll === 7) {
      const dtor = this.#random(3) === 0 ? ` (dtor (core func ${this.#one([4, 4, 1], 4)}))` : "";
      space.types.push("resource");
      return space.kind === "component" || this.#random(10) === 0
        ? `(type (resource (rep i32)${dtor}))`
        : "(type u8)";
    }
    const kind = this.#random(3) === 0 ? "component-type" : "instance-type";
    const text = this.#declarations(space, kind, depth + 1);
    space.types.push(kind === "instance-type" ? "instance" : "component");
    return `(type ${text})`;
  }

  #declarations(outer: Space, kind: "component-type" | "instance-type", depth: number): string {
    const space: Space = { types: [], funcs: [], instances: [], components: [], outer, kind, names: 0 };
    const parts: string[] = [];
    const count = 1 + this.#random(6);
    for (let i = 0; i < count; i++) {
      const roll = this.#random(10);
      if (roll < 4) parts.push(this.#type(space, depth));
      else if (roll === 4) parts.push(this.#outerAlias(space));
      else if (roll < 7 && kind === "component-type") parts.push(this.#import(space));
      else parts.push(`(export "${this.#name(space)}" ${this.#description(space)})`);
    }
    return `(${kind === "instance-type" ? "instance" : "component"} ${parts.join(" ")})`;
  }

  /** The type of an import, or of an export of a type. What it brings into being is in the space afterwards. */
  #description(space: Space): string {
    switch (this.#random(6)) {
      case 0: {
        if (this.#lacks(space.types, ["instance"])) break;
        const index = this.#index(space.types, ["instance"]);
        space.instances.push([]);
        return `(instance (type ${index}))`;
      }
      case 2:
      case 3: {
        if (this.#lacks(space.types, ["value", "resource"])) break;
        // The version of the oracle differs from the present text in what it says of exported instance types.
        const index = this.#index(space.types, ["value", "resource"]);
        const kind = space.types[index] ?? "value";
        if (kind === "instance" || kind === "component") return "(type (sub resource))";
        space.types.push(kind);
        return `(type (eq ${index}))`;
      }
      case 4: {
        if (this.#lacks(space.types, ["component"])) break;
        const index = this.#index(space.types, ["component"]);
        space.components.push([]);
        return `(component (type ${index}))`;
      }
      case 5: {
        if (this.#lacks(space.types, ["func"])) break;
        const index = this.#index(space.types, ["func"]);
        space.funcs.push(index);
        return `(func (type ${index}))`;
      }
      default:
    }
    space.types.push("resource");
    return "(type (sub resource))";
  }

  #import(space: Space): string {
    return `(import "${this.#name(space)}" ${this.#description(space)})`;
  }

  #outerAlias(space: Space): string {
    const outer = space.outer;
    if (outer === undefined || outer.types.length === 0) return "";
    const index = this.#index(outer.types);
    space.types.push(outer.types[index] ?? "value");
    return `(alias outer ${this.#random(20) === 0 ? this.#random(4) : 1} ${index} (type))`;
  }

  #definition(space: Space, exports: (readonly [string, string])[], depth: number): string {
    switch (this.#random(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#type(space, 0);
      case 4:
      case 5:
        return this.#import(space);
      case 6:
      case 7:
        return this.#export(space, exports);
      case 8: {
        if (depth > 1) return "";
        const nested = this.component(space, depth + 1);
        space.components.push(nested.exports);
        return nested.text;
      }
      case 9:
        return this.#instance(space);
      case 10:
        return this.#alias(space);
      case 11:
        return this.#outerAlias(space);
      case 12:
        return this.#lift(space);
      default:
        return this.#resourceBuiltin(space);
    }
  }

  #export(space: Space, exports: (readonly [string, string])[]): string {
    const name = this.#name(space);
    const sort = this.#one(["func", "type", "type", "instance", "component"], "func");
    const spaces = {
      func: space.funcs,
      type: space.types,
      instance: space.instances,
      component: space.components,
    };
    if (this.#lacks(spaces[sort as keyof typeof spaces])) return "";
    exports.push([name, sort]);
    switch (sort) {
      case "func": {
        const index = this.#index(space.funcs);
        space.funcs.push(space.funcs[index] ?? 0);
        return `(export "${name}" (func ${index}))`;
      }
      case "type": {
        const index = this.#index(space.types, ["value", "resource"]);
        const kind = space.types[index] ?? "value";
        if (kind === "instance" || kind === "component") return "";
        space.types.push(kind);
        return `(export "${name}" (type ${index}))`;
      }
      case "instance": {
        const index = this.#index(space.instances);
        space.instances.push(space.instances[index] ?? []);
        return `(export "${name}" (instance ${index}))`;
      }
      default: {
        const index = this.#index(space.components);
        space.components.push(space.components[index] ?? []);
        return `(export "${name}" (component ${index}))`;
      }
    }
  }

  /** Something that is there, or at last an instance of nothing. */
  #item(space: Space, wanted?: string): readonly [text: string, sort: string] | undefined {
    const spaces = {
      func: space.funcs,
      type: space.types,
      instance: space.instances,
      component: space.components,
    };
    const sorts = Object.entries(spaces).filter(
      ([sort, items]) => !this.#lacks(items) && (wanted ?? sort) === sort,
    );
    const found = this.#one(sorts, undefined);
    if (found === undefined) return undefined;
    const [sort, items] = found;
    return [`(${sort} ${this.#index(items)})`, sort];
  }

  #instance(space: Space): string {
    if (this.#random(2) === 0) {
      if (this.#lacks(space.components)) return "";
      const index = this.#index(space.components);
      const args = Array.from({ length: this.#random(4) }, (_, i) => {
        const item = this.#item(space);
        return item === undefined ? "" : `(with "n${i + 1}" ${item[0]})`;
      });
      space.instances.push(space.components[index] ?? []);
      return `(instance (instantiate ${index} ${args.join(" ")}))`;
    }
    const items = Array.from({ length: this.#random(3) }, (_, i) => ({
      name: `n${i + 1}`,
      item: this.#item(space),
    }));
    const known = items.flatMap(({ name, item }) =>
      item === undefined ? [] : [{ name, text: item[0], sort: item[1] }],
    );
    space.instances.push(known.map(({ name, sort }) => [name, sort] as const));
    return `(instance ${known.map(({ name, text }) => `(export "${name}" ${text})`).join(" ")})`;
  }

  #alias(space: Space): string {
    const index = this.#index(space.instances);
    const found = this.#one(space.instances[index] ?? [], undefined);
    if (found === undefined && this.#random(40) > 0) return "";
    const [name, sort] = found ?? ["n1", "func"];
    if (sort === "func") space.funcs.push(0);
    else if (sort === "type") space.types.push("value");
    else if (sort === "instance") space.instances.push([]);
    else space.components.push([]);
    return `(alias export ${index} "${name}" (${sort}))`;
  }

  #lift(space: Space): string {
    const options = [
      this.#random(2) === 0 ? "(memory 0)" : "",
      this.#random(2) === 0 ? "(realloc 5)" : "",
      this.#random(8) === 0 ? "(post-return 4)" : "",
      this.#random(6) === 0 ? "string-encoding=utf16" : "",
    ].join(" ");
    if (this.#random(2) === 0) {
      if (this.#lacks(space.types, ["func"])) return "";
      const index = this.#index(space.types, ["func"]);
      space.funcs.push(index);
      return `(func (type ${index}) (canon lift (core func ${this.#random(6)}) ${options}))`;
    }
    if (this.#lacks(space.funcs)) return "";
    return `(core func (canon lower (func ${this.#index(space.funcs)}) ${options}))`;
  }

  #resourceBuiltin(space: Space): string {
    if (this.#lacks(space.types, ["resource"])) return "";
    const builtin = this.#one(["new", "rep", "drop"], "drop");
    return `(core func (canon resource.${builtin} ${this.#index(space.types, ["resource"])}))`;
  }
}
