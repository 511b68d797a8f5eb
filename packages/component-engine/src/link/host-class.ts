import { EngineError } from "../errors.js";
import { memberKey, type MemberName } from "../names.js";
import { isObject } from "./failure.js";
import { property } from "./host-property.js";

/** A function of the host, or of an instance, as JavaScript calls it. */
export type HostCallable = (...args: unknown[]) => unknown;

type Constructor = (new (...args: unknown[]) => object) & { readonly prototype: unknown };

/** A class that the host gives for a resource type. */
export class HostClass {
  readonly #class: Constructor;
  /** The resource type, for errors. */
  readonly #label: string;

  constructor(value: unknown, label: string) {
    if (!isConstructor(value)) {
      throw new EngineError("bad-import", `the import ${label} must be a class`);
    }
    this.#class = value;
    this.#label = label;
  }

  get value(): unknown {
    return this.#class;
  }

  owns(value: unknown): boolean {
    return value instanceof this.#class;
  }

  /**
   * What a member of the resource type runs. A method gets the object first, and that object's method counts, so classes can be
   * extended.
   */
  member(name: MemberName): HostCallable {
    const made = this.#class;
    if (name.kind === "constructor") return (...args) => new made(...args);
    const key = memberKey(name);
    const isStatic = name.kind === "static";
    const method = (value: unknown): HostCallable => {
      if (typeof value === "function") return value as HostCallable;
      const what = `${isStatic ? "static " : ""}method ${key}`;
      throw new EngineError("missing-import", `the class given for ${this.#label} lacks the ${what}`);
    };
    const holder: unknown = isStatic ? made : made.prototype;
    const found = method(isObject(holder) ? property(holder, key) : undefined);
    if (isStatic) return found.bind(made);
    return (self, ...args) => Reflect.apply(method(Reflect.get(Object(self) as object, key)), self, args);
  }
}

/** Whether `new` works on a value; a method or an arrow function is no class. */
function isConstructor(value: unknown): value is Constructor {
  return typeof value === "function" && typeof Reflect.get(value, "prototype") === "object";
}
