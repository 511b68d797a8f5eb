import { defined } from "@novywave/base";
import type { WireLimits } from "../wire/messages.js";
import { compileGuest } from "./compile-guest.js";

/** What a worker that wants a component does: compile these bytes and tell, or take over what is there. */
export type CompileTask =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "compiled"; readonly component: unknown };

type Compiled =
  | { readonly kind: "compiling"; readonly waiting: ((task: CompileTask) => void)[] }
  | { readonly kind: "compiled"; readonly component: unknown };

/**
 * Bytes of artifacts that are compiled in the supervisor's own thread. The server has inspected it, which takes longer than
 * what is done here at once: the modules are compiled by threads of V8.
 */
const aheadBytes = 64 * 1024;

/**
 * Compiles every artifact once per memory limit, which is written into the modules. A small one is compiled
 * when it comes, while its worker boots or the server is not yet ready to start it. Else the first worker compiles, in its own
 * thread, so that an artifact which takes forever blocks nobody else; workers that come meanwhile wait for it.
 */
export class CompileCache {
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #compiled = new Map<string, Map<number, Compiled>>();

  /** Keeps the bytes of an artifact, which will be asked for with these limits. */
  add(sha256: string, bytes: Uint8Array, limits: WireLimits): void {
    this.#bytes.set(sha256, bytes);
    if (bytes.length <= aheadBytes) void this.#compileAhead(sha256, bytes, limits);
  }

  /** Calls `give` with the task, now or when whoever compiles is done. */
  request(sha256: string, memoryBytes: number, give: (task: CompileTask) => void): void {
    const variants = this.#variants(sha256);
    const entry = variants.get(memoryBytes);
    if (entry?.kind === "compiled") {
      give({ kind: "compiled", component: entry.component });
    } else if (entry?.kind === "compiling") {
      entry.waiting.push(give);
    } else {
      variants.set(memoryBytes, { kind: "compiling", waiting: [] });
      give({ kind: "bytes", bytes: defined(this.#bytes.get(sha256), "the artifact's bytes") });
    }
  }

  async #compileAhead(sha256: string, bytes: Uint8Array, limits: WireLimits): Promise<void> {
    const { memoryBytes } = limits;
    this.#variants(sha256).set(memoryBytes, { kind: "compiling", waiting: [] });
    try {
      const component = await compileGuest(bytes, limits);
      this.compiled(sha256, memoryBytes, component.toTransferable());
    } catch {
      // The worker tries next, and tells why it fails.
      this.abandoned(sha256, memoryBytes);
    }
  }

  /** The worker that compiled is done. */
  compiled(sha256: string, memoryBytes: number, component: unknown): void {
    const variants = this.#compiled.get(sha256);
    const entry = variants?.get(memoryBytes);
    variants?.set(memoryBytes, { kind: "compiled", component });
    if (entry?.kind === "compiling") for (const give of entry.waiting) give({ kind: "compiled", component });
  }

  /** The worker that compiled failed or died: the next in line compiles itself. */
  abandoned(sha256: string, memoryBytes: number): void {
    const variants = this.#compiled.get(sha256);
    const entry = variants?.get(memoryBytes);
    if (entry?.kind !== "compiling") return;
    const next = entry.waiting.shift();
    if (next) next({ kind: "bytes", bytes: defined(this.#bytes.get(sha256), "the artifact's bytes") });
    else variants?.delete(memoryBytes);
  }

  /** Drops an artifact that no instance uses. */
  forget(sha256: string): void {
    this.#bytes.delete(sha256);
    this.#compiled.delete(sha256);
  }

  #variants(sha256: string): Map<number, Compiled> {
    let variants = this.#compiled.get(sha256);
    if (!variants) {
      variants = new Map();
      this.#compiled.set(sha256, variants);
    }
    return variants;
  }
}
