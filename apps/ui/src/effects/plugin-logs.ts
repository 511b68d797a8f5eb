import { Emitter, type Disposable } from "@novywave/base";
import type { PluginLogRecord } from "@novywave/protocol";
import type { Requester } from "../connection/connection.js";

/** The log of one plugin as far as it is here. */
export type PluginLog =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly records: readonly PluginLogRecord[] }
  | { readonly kind: "error"; readonly message: string };

/** Older lines are dropped from the page; the server's log file has them. */
const MOST_RECORDS = 1_000;

/** Logs of the plugins that somebody looks at: what the server kept, then what happens. */
export class PluginLogs implements Disposable {
  readonly #requester: Requester;
  readonly #logs = new Map<string, PluginLog>();
  readonly #abort = new AbortController();
  readonly #emitter = new Emitter<void>();
  readonly changed = this.#emitter.event;
  #version = 0;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  get version(): number {
    return this.#version;
  }

  of(id: string): PluginLog | undefined {
    return this.#logs.get(id);
  }

  /** Fetches what the server kept. */
  async open(id: string): Promise<void> {
    if (this.#logs.get(id)?.kind !== "ready") this.#set(id, { kind: "loading" });
    const answer = await this.#requester.request("plugin.logs", { id }, this.#abort.signal);
    if (answer.ok) this.#set(id, { kind: "ready", records: answer.value.records.slice(-MOST_RECORDS) });
    else this.#set(id, { kind: "error", message: answer.error.message });
  }

  /** A new line; ignored for plugins that nobody looks at. */
  append(record: PluginLogRecord): void {
    const log = this.#logs.get(record.pluginId);
    if (log?.kind !== "ready") return;
    this.#set(record.pluginId, { kind: "ready", records: [...log.records, record].slice(-MOST_RECORDS) });
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  #set(id: string, log: PluginLog): void {
    this.#logs.set(id, log);
    this.#version += 1;
    this.#emitter.emit();
  }
}
