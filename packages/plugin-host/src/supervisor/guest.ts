import { assertNever } from "@novywave/base";
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
import type { CallOutcome, LinkedInterface, ReplyOutcome, WireLimits } from "../wire/messages.js";
import { hostFiles } from "../wasi/host-files.js";
import { systemPorts } from "../wasi/system-ports.js";
import { createWasi, type Wasi } from "../wasi/wasi.js";
import { engineLimits } from "./compile-guest.js";
import { wireFailure } from "./failure.js";

/** Asks the server and blocks until it answers. */
export type HostCall = (
  interfaceName: string,
  functionName: string,
  args: readonly unknown[],
) => ReplyOutcome;

/** Bytes from which on texts pass through this thread as they are: nobody here looks into them. */
export const utf8From = 4_096;

/** Takes over what another worker compiled. */
export function adoptGuest(posted: unknown): Component {
  return fromTransferable(posted as TransferableComponent);
}

/** A linked component: calls go in by name, host calls come out through `hostCall`. */
export class Guest {
  readonly #instance: Instance;
  /** Of a guest that imports some of it. */
  readonly #wasi: Wasi | undefined;
  readonly #functions: Readonly<Record<string, unknown>>;

  constructor(
    component: Component,
    links: readonly LinkedInterface[],
    exportName: string,
    limits: WireLimits,
    hostCall: HostCall,
  ) {
    const asksWasi = component.imports.some(({ name }) => name.startsWith("wasi:"));
    this.#wasi = asksWasi ? wasiOf(links, hostCall) : undefined;
    const imports: Record<string, unknown> = Object.assign(Object.create(null), this.#wasi?.imports);
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
      this.#wasi?.flush();
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
      this.#wasi?.flush();
    }
  }
}

/** It opens files where that was granted. */
function wasiOf(links: readonly LinkedInterface[], hostCall: HostCall): Wasi {
  const ask = (name: string, ...args: unknown[]): unknown => answer(hostCall("file-contents", name, args));
  const reads = links.some((link) => link.interface === "file-contents");
  return createWasi(
    systemPorts((stream, line) => void hostCall("stdio", "write-line", [stream, line])),
    reads ? hostFiles(ask) : undefined,
  );
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
