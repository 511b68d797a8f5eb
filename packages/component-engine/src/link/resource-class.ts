import { EngineError } from "../errors.js";
import { pascalCase } from "../names.js";
import { GuestHandle, GuestResource } from "./guest-resource.js";
import type { HostCallable } from "./host-class.js";

/** The class that the host gets for a resource type of a guest. */
export class ResourceClass {
  /** As in WIT. */
  name = "resource";
  #construct: HostCallable | undefined;
  readonly constructorOf: new (...args: unknown[]) => GuestResource;

  constructor() {
    const handleFor = (args: unknown[]): GuestHandle => {
      const [first] = args;
      if (first instanceof GuestHandle) return first;
      const made = GuestResource.handleOf(this.#construct?.(...args));
      if (made === undefined)
        throw new EngineError("bad-argument", `the resource ${this.name} has no constructor`);
      return made;
    };
    this.constructorOf = class extends GuestResource {
      constructor(...args: unknown[]) {
        super(handleFor(args));
      }
    };
  }

  wrap(handle: GuestHandle): GuestResource {
    return new this.constructorOf(handle);
  }

  /** The first name that an export gives the type. */
  named(name: string): void {
    if (this.name !== "resource") return;
    this.name = name;
    Object.defineProperty(this.constructorOf, "name", { value: pascalCase(name), configurable: true });
  }

  /** What `new` runs. */
  construct(func: HostCallable): void {
    this.#construct = func;
  }

  /** Adds a method, whose first argument is the resource, or a static function. */
  add(kind: "method" | "static", key: string, func: HostCallable): void {
    const value =
      kind === "static"
        ? func
        : function method(this: unknown, ...args: unknown[]): unknown {
            return func(this, ...args);
          };
    const holder: object = kind === "static" ? this.constructorOf : this.constructorOf.prototype;
    Object.defineProperty(holder, key, { value, configurable: true });
  }

  /** Nothing is added any more. */
  seal(): void {
    Object.freeze(this.constructorOf.prototype);
    Object.freeze(this.constructorOf);
  }
}
