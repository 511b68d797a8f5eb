import type { Clock } from "@novywave/base";
import type { LogLevel } from "@novywave/contract";
import type { PluginLogRecord } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import { RateLimit } from "./rate-limit.js";

const maxMessageLength = 8_192;

/** The plugin's log: bounded by bytes a minute; what exceeds it is counted and dropped. */
export class LoggingBroker {
  readonly #pluginId: string;
  readonly #clock: Clock;
  readonly #rate: RateLimit;
  readonly #limit: number;
  readonly #emit: (record: PluginLogRecord) => void;
  #dropped = 0;
  #totalDropped = 0;

  constructor(pluginId: string, limits: PluginLimits, clock: Clock, emit: (record: PluginLogRecord) => void) {
    this.#pluginId = pluginId;
    this.#clock = clock;
    this.#limit = limits.logBytesPerMinute;
    this.#rate = new RateLimit(clock, limits.logBytesPerMinute, 60_000);
    this.#emit = emit;
  }

  /** Messages dropped so far. */
  get dropped(): number {
    return this.#totalDropped;
  }

  log(level: LogLevel, message: string): void {
    const text = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message;
    if (!this.#rate.take(Buffer.byteLength(text) + 16)) {
      this.#totalDropped++;
      if (this.#dropped++ === 0) {
        this.#write(
          "warn",
          `log messages are dropped: the limit is ${this.#limit} bytes a minute (log_bytes_per_minute)`,
        );
      }
      return;
    }
    if (this.#dropped > 0) {
      this.#write("warn", `${this.#dropped} log messages were dropped`);
      this.#dropped = 0;
    }
    this.#write(level, text);
  }

  #write(level: LogLevel, message: string): void {
    this.#emit({ pluginId: this.#pluginId, level, message, time: this.#clock.now() });
  }
}
