import { EngineError } from "../errors.js";
import { memberKey, pascalCase, type MemberName } from "../names.js";
import { GuestHandle, GuestResource } from "./guest-resource.js";
import type { HostCallable } from "./host-class.js";

/** The class that the host gets for a resource type of a guest. */
export class ResourceClass {
  /** As in WIT. */
  name = "resource";
  #construct: HostCallable | undefined;
  #value: (new (...args: unknown[]) => GuestResource) | undefined;

  /** Made when the host first meets the type: a component can have many that it never shows. */
  get value(): new (...args: unknown[]) => GuestResource {
    return (this.#value ??= this.#make());
  }

  #make(): new (...args: unknown[]) => GuestResource {
    const handleFor = (args: unknown[]): GuestHandle => {
      const [first] = args;
      if (first instanceof GuestHandle) return first;
      const made = GuestResource.handleOf(this.#construct?.(...args));
      if (made !== undefined) return made;
      throw new EngineError("bad-argument", `the resource ${this.name} has no constructor`);
    };
    return class extends GuestResource {
      constructor(...args: unknown[]) {
        super(handleFor(args));
      }
    };
  }

  wrap(handle: GuestHandle): GuestResource {
    return new this.value(handle);
  }

  /** The first name that an export gives the type. */
  named(name: string): void {
    if (this.name !== "resource") return;
    this.name = name;
    Object.defineProperty(this.value, "name", { value: pascalCase(name), configurable: true });
  }

  /** Adds what `new` runs, a method, whose first argument is the resource, or a static function. */
  add(name: MemberName, func: HostCallable): void {
    if (name.kind === "constructor") {
      this.#construct = func;
      return;
    }
    const isStatic = name.kind === "static";
    const value = isStatic
      ? func
      : function method(this: unknown, ...args: unknown[]): unknown {
          return func(this, ...args);
        };
    const holder: object = isStatic ? this.value : this.value.prototype;
    Object.defineProperty(holder, memberKey(name), { value, configurable: true });
  }

  /** Nothing is added any more. */
  seal(): void {
    Object.freeze(this.value.prototype);
    Object.freeze(this.value);
  }
}
