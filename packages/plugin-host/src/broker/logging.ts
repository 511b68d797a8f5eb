import type { Clock } from "@novywave/base";
import type { LogLevel } from "@novywave/contract";
import type { PluginLogRecord } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import { RateLimit } from "./rate-limit.js";

const maxMessageLength = 8_192;
/** What a record costs beside its text: with every one go a time, a level and an id. */
const recordBytes = 64;
/** Once messages are dropped, the part of the limit that has to be free again before the next is taken. */
const resumeShare = 0.1;

/**
 * What a plugin writes into the log, by `log` or by the channel `log`: bounded together by bytes a minute; what exceeds it
 * is counted and dropped. That messages are dropped is said when it begins and when it ends, which a plugin that writes on
 * and on can bring about every few seconds only.
 */
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
    if (this.take(text)) this.#write(level, text);
  }

  /** Takes the room for a text; false if there is none, which is counted. */
  take(text: string): boolean {
    const reserve = this.#dropped > 0 ? this.#limit * resumeShare : 0;
    if (!this.#rate.take(Buffer.byteLength(text) + recordBytes, reserve)) {
      this.#totalDropped++;
      if (this.#dropped++ === 0) {
        this.#write(
          "warn",
          `log messages are dropped: the limit is ${this.#limit} bytes a minute (log_bytes_per_minute)`,
        );
      }
      return false;
    }
    if (this.#dropped > 0) {
      this.#write("warn", `${this.#dropped} log messages were dropped`);
      this.#dropped = 0;
    }
    return true;
  }

  #write(level: LogLevel, message: string): void {
    this.#emit({ pluginId: this.#pluginId, level, message, time: this.#clock.now() });
  }
}
