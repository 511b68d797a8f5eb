import type { LogLevel } from "@novywave/contract/guest";
import { log as write } from "novywave:plugins/logging@0.1.0";
import { formatValues } from "./format-value.js";
import { atInit, hasHost } from "./started.js";

/** What plugins have of the console that JavaScript knows from elsewhere. */
export interface PluginConsole {
  trace(...values: readonly unknown[]): void;
  debug(...values: readonly unknown[]): void;
  /** The same as `info`. */
  log(...values: readonly unknown[]): void;
  info(...values: readonly unknown[]): void;
  warn(...values: readonly unknown[]): void;
  error(...values: readonly unknown[]): void;
}

declare global {
  // By the names that the types of browsers and of Node use, so that they agree where an author has both.
  interface Console extends PluginConsole {}
  var console: Console;
}

const maxEarly = 100;
/** What code outside functions said while the component was built. */
let early: { readonly level: LogLevel; readonly text: string }[] = [];

function say(level: LogLevel, values: readonly unknown[]): void {
  const text = formatValues(values);
  if (hasHost()) {
    writeEarly();
    write(level, text);
  } else if (early.length < maxEarly) {
    if (early.length === 0) atInit(writeEarly);
    early.push({ level, text });
  }
}

function writeEarly(): void {
  if (early.length === 0) return;
  const due = early;
  early = [];
  for (const { level, text } of due) write(level, text);
}

/**
 * The `console` of plugins. The build puts it in where code names `console`. It writes to the plugin's log, for which it
 * needs the capability `logging`; what is said before there is a host is written when `init` begins.
 */
const pluginConsole: PluginConsole = {
  trace: (...values) => say("trace", values),
  debug: (...values) => say("debug", values),
  log: (...values) => say("info", values),
  info: (...values) => say("info", values),
  warn: (...values) => say("warn", values),
  error: (...values) => say("error", values),
};

export { pluginConsole as console };
