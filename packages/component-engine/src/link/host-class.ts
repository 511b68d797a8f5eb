import { EngineError } from "../errors.js";
import { property } from "./host-property.js";

/** A function of the host, or of an instance, as JavaScript calls it. */
export type HostCallable = (...args: unknown[]) => unknown;

type Constructor = new (...args: unknown[]) => object;

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

  /** The function for `[constructor]`. */
  construct(): HostCallable {
    const made = this.#class;
    return (...args) => new made(...args);
  }

  /** The function for `[static]`. */
  static(key: string): HostCallable {
    const value = property(this.#class, key);
    if (typeof value !== "function") throw this.#missing(`the static method ${key}`);
    return value.bind(this.#class) as HostCallable;
  }

  /** The function for `[method]`: its first argument is the object. The method of the object counts, so classes can be extended. */
  method(key: string): HostCallable {
    const { prototype } = this.#class as { prototype: unknown };
    const value = typeof prototype === "object" && prototype !== null ? property(prototype, key) : undefined;
    if (typeof value !== "function") throw this.#missing(`the method ${key}`);
    return (self, ...args) => {
      const own: unknown = Reflect.get(Object(self) as object, key);
      if (typeof own !== "function") throw this.#missing(`the method ${key}`);
      return Reflect.apply(own, self, args) as unknown;
    };
  }

  #missing(what: string): EngineError {
    return new EngineError("missing-import", `the class given for ${this.#label} lacks ${what}`);
  }
}

/** Whether `new` works on a value; a method or an arrow function is no class. */
function isConstructor(value: unknown): value is Constructor {
  return typeof value === "function" && typeof Reflect.get(value, "prototype") === "object";
}
