import {
  EngineError,
  fromTransferable,
  instantiate,
  ResultError,
  Utf8Texts,
  type Component,
  type Instance,
  type TransferableComponent,
} from "@novywave/component-engine";
import type { CallOutcome, LinkedInterface, WireLimits } from "../wire/messages.js";
import type { Wasi } from "../wasi/wasi.js";
import { engineLimits } from "./engine-limits.js";
import { wireFailure } from "./failure.js";
import { answered, type HostCall } from "./host-call.js";

/** Bytes from which on texts pass through this thread as they are: nobody here looks into them. */
export const utf8From = 4_096;

/** Takes over what another worker compiled. */
export function adoptGuest(posted: unknown): Component {
  return fromTransferable(posted as TransferableComponent);
}

export interface GuestOptions {
  readonly links: readonly LinkedInterface[];
  /** The export whose functions are called; empty for the component itself. */
  readonly exportName: string;
  readonly limits: WireLimits;
  readonly hostCall: HostCall;
}

/** A linked component: calls go in by name, host calls come out through `hostCall`. */
export class Guest {
  readonly #instance: Instance;
  /** Of a guest that imports some of it. */
  readonly #wasi: Wasi | undefined;
  readonly #functions: Readonly<Record<string, unknown>>;

  private constructor(
    component: Component,
    { links, exportName, limits, hostCall }: GuestOptions,
    wasi: Wasi | undefined,
  ) {
    this.#wasi = wasi;
    const imports: Record<string, unknown> = Object.assign(Object.create(null), wasi?.imports);
    for (const link of links) {
      const functions: Record<string, unknown> = Object.create(null);
      for (const name of link.functions) {
        functions[name] = (...args: unknown[]) => answered(hostCall(link.interface, name, args));
      }
      imports[link.import] = functions;
    }
    try {
      this.#instance = instantiate(component, imports, {
        limits: engineLimits(limits),
        texts: new Utf8Texts(utf8From),
      });
    } finally {
      this.#wasi?.flush();
    }
    const { exports } = this.#instance;
    const exported = exportName === "" ? exports : exports[exportName];
    if (typeof exported !== "object" || exported === null) {
      throw new EngineError("invalid", `the component has no export ${exportName}`);
    }
    this.#functions = { ...exported };
  }

  /** Links a component; guest code may run. Throws `EngineError`. */
  static async link(component: Component, options: GuestOptions): Promise<Guest> {
    const asksWasi = component.imports.some(({ name }) => name.startsWith("wasi:"));
    if (!asksWasi) return new Guest(component, options, undefined);
    // Most threads do without it.
    const { guestWasi } = await import("./guest-wasi.js");
    return new Guest(component, options, guestWasi(options.links, options.hostCall));
  }

  get memoryBytes(): number {
    return this.#instance.memoryBytes;
  }

  get liftedBytes(): number {
    return this.#instance.liftedBytes;
  }

  call(name: string, args: readonly unknown[]): CallOutcome {
    const callable = this.#functions[name];
    if (typeof callable !== "function") {
      return { kind: "trap", failure: { code: "invalid", message: `the component has no function ${name}` } };
    }
    try {
      const value: unknown = Reflect.apply(callable, undefined, args);
      return { kind: "ok", value };
    } catch (thrown) {
      if (thrown instanceof ResultError) return { kind: "err", payload: thrown.payload };
      return { kind: "trap", failure: wireFailure(thrown) };
    } finally {
      this.#wasi?.flush();
    }
  }
}
