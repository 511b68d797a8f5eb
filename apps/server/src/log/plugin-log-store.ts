import type { PluginLogRecord } from "@novywave/protocol";

const maxRecords = 500;
const maxMessage = 4_000;

/** The last lines of each plugin's log, for whoever opens its log view. */
export class PluginLogStore {
  readonly #records = new Map<string, PluginLogRecord[]>();

  /** Keeps the record, shortened if need be, and returns what was kept. */
  add(record: PluginLogRecord): PluginLogRecord {
    const kept =
      record.message.length > maxMessage
        ? { ...record, message: `${record.message.slice(0, maxMessage)}…` }
        : record;
    const records = this.#records.get(record.pluginId) ?? [];
    records.push(kept);
    if (records.length > maxRecords) records.splice(0, records.length - maxRecords);
    this.#records.set(record.pluginId, records);
    return kept;
  }

  of(pluginId: string): readonly PluginLogRecord[] {
    return this.#records.get(pluginId) ?? [];
  }
}
