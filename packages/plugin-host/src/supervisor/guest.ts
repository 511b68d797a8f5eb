import { assertNever } from "@novywave/base";
import {
  compile,
  EngineError,
  fromTransferable,
  instantiate,
  ResultError,
  Utf8Texts,
  type Component,
  type EngineLimits,
  type Instance,
  type TransferableComponent,
} from "@novywave/component-engine";
import type { CallOutcome, LinkedInterface, ReplyOutcome, WireLimits } from "../wire/messages.js";
import { hostFiles } from "../wasi/host-files.js";
import { systemPorts } from "../wasi/system-ports.js";
import { createWasi, type Wasi } from "../wasi/wasi.js";
import { wireFailure } from "./failure.js";

/** Asks the server and blocks until it answers. */
export type HostCall = (
  interfaceName: string,
  functionName: string,
  args: readonly unknown[],
) => ReplyOutcome;

/** Bytes from which on texts pass through this thread as they are: nobody here looks into them. */
export const utf8From = 4_096;

/** Compiles bytes under the plugin's limits. */
export function compileGuest(bytes: Uint8Array, limits: WireLimits): Promise<Component> {
  return compile(bytes, { limits: engineLimits(limits) });
}

/** Takes over what another worker compiled. */
export function adoptGuest(posted: unknown): Component {
  return fromTransferable(posted as TransferableComponent);
}

/** A linked component: calls go in by name, host calls come out through `hostCall`. */
export class Guest {
  readonly #instance: Instance;
  readonly #wasi: Wasi;
  readonly #functions: Readonly<Record<string, unknown>>;

  constructor(
    component: Component,
    links: readonly LinkedInterface[],
    exportName: string,
    limits: WireLimits,
    hostCall: HostCall,
  ) {
    // For whoever asks: only what a component imports is linked, and it opens what was granted.
    const ask = (name: string, ...args: unknown[]): unknown => answer(hostCall("file-contents", name, args));
    const reads = links.some((link) => link.interface === "file-contents");
    this.#wasi = createWasi(
      systemPorts((stream, line) => void hostCall("stdio", "write-line", [stream, line])),
      reads ? hostFiles(ask) : undefined,
    );
    const imports: Record<string, unknown> = Object.assign(Object.create(null), this.#wasi.imports);
    for (const link of links) {
      const functions: Record<string, unknown> = Object.create(null);
      for (const name of link.functions) {
        functions[name] = (...args: unknown[]) => answer(hostCall(link.interface, name, args));
      }
      imports[link.import] = functions;
    }
    try {
      this.#instance = instantiate(component, imports, {
        limits: engineLimits(limits),
        texts: new Utf8Texts(utf8From),
      });
    } finally {
      this.#wasi.flush();
    }
    const { exports } = this.#instance;
    const exported = exportName === "" ? exports : exports[exportName];
    if (typeof exported !== "object" || exported === null) {
      throw new EngineError("invalid", `the component has no export ${exportName}`);
    }
    this.#functions = { ...exported };
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
      this.#wasi.flush();
    }
  }
}

function answer(reply: ReplyOutcome): unknown {
  switch (reply.kind) {
    case "ok":
      return reply.value;
    case "err":
      throw new ResultError(reply.payload);
    case "refused":
      throw new Error(reply.message);
    default:
      return assertNever(reply);
  }
}

function engineLimits(limits: WireLimits): Partial<EngineLimits> {
  return {
    maxMemoryBytes: limits.memoryBytes,
    maxLiftedBytes: limits.liftedBytes,
    // No text is bounded more narrowly than all of a call together.
    maxStringBytes: limits.liftedBytes,
  };
}
