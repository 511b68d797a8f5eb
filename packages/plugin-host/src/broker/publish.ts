import { assertNever, type Result } from "@novywave/base";
import type { PluginEvent, PublishError } from "@novywave/contract";
import type { PublishedEvent } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import type { Authoriser } from "./authorise.js";
import { done, failed, type HostOutcome } from "./outcome.js";

const maxPathBytes = 64 * 1024 * 1024;
const maxLogLength = 8_192;

/** The capability `relay`: checks what a plugin publishes and stamps it with the plugin's id. */
export class PublishBroker {
  readonly #pluginId: string;
  readonly #authoriser: Authoriser;
  readonly #maxBytes: number;
  readonly #logBytesPerMinute: number;
  readonly #takeLog: (text: string) => boolean;
  #disposed = false;
  readonly #emit: (event: PublishedEvent) => Result<void, string>;

  constructor(
    pluginId: string,
    authoriser: Authoriser,
    limits: PluginLimits,
    takeLog: (text: string) => boolean,
    emit: (event: PublishedEvent) => Result<void, string>,
  ) {
    this.#pluginId = pluginId;
    this.#authoriser = authoriser;
    this.#takeLog = takeLog;
    this.#logBytesPerMinute = limits.logBytesPerMinute;
    this.#maxBytes = Math.min(maxPathBytes, limits.liftedMib * 1024 * 1024);
    this.#emit = emit;
  }

  /** Ends a check that is under way: nobody waits for it any more. */
  [Symbol.dispose](): void {
    this.#disposed = true;
  }

  async publish(channel: string, event: PluginEvent): Promise<HostOutcome> {
    if (!this.#authoriser.channel(channel)) {
      const allowed = this.#authoriser.channels.join(", ") || "none";
      return fail({
        tag: "channel-denied",
        val: `the channel \`${channel.slice(0, 100)}\` is not allowed; allowed: ${allowed} (it has to stand under \`channels\` of the manifest, and of the entry if that has any)`,
      });
    }
    if (event.tag !== channel) {
      return fail({
        tag: "invalid-payload",
        val: `the channel \`${channel}\` takes \`${channel}\` events, not \`${event.tag}\``,
      });
    }
    const checked = await this.#check(event);
    if ("error" in checked) return fail(checked.error);
    if (this.#disposed) return done();
    const taken = this.#emit({ pluginId: this.#pluginId, channel, event: checked.event });
    return taken.ok ? done() : fail({ tag: "limit-reached", val: taken.error });
  }

  async #check(event: PluginEvent): Promise<{ event: PluginEvent } | { error: PublishError }> {
    switch (event.tag) {
      case "log": {
        const text = event.val.slice(0, maxLogLength);
        if (this.#takeLog(text)) return { event: { tag: "log", val: text } };
        const limit = `${this.#logBytesPerMinute} bytes a minute (log_bytes_per_minute)`;
        return { error: { tag: "limit-reached", val: `the log takes at most ${limit}` } };
      }
      case "discovery": {
        const paths = await this.#paths(event.val.discovered);
        if ("error" in paths) return paths;
        return { event: { tag: "discovery", val: { pluginId: this.#pluginId, discovered: paths.paths } } };
      }
      case "refresh-timeline": {
        const paths = await this.#paths(event.val);
        return "error" in paths ? paths : { event: { tag: "refresh-timeline", val: paths.paths } };
      }
      default:
        return assertNever(event);
    }
  }

  /** Canonical paths, sorted, once each. All must be inside the grant; a file need not exist, for it may just be gone. */
  async #paths(texts: readonly string[]): Promise<{ paths: readonly string[] } | { error: PublishError }> {
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    if (bytes > this.#maxBytes)
      return {
        error: { tag: "limit-reached", val: `the paths are longer than ${this.#maxBytes} bytes together` },
      };
    const checked = await this.#authoriser.paths("relay", texts, () => this.#disposed);
    if (checked.ok) return { paths: checked.value };
    const refused = checked.error.refused.slice(0, 1_000);
    return { error: { tag: "invalid-payload", val: `"${refused}" is not inside a granted folder` } };
  }
}

const fail = (error: PublishError): HostOutcome => failed(error);
