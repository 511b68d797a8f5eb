import { z } from "zod";

/** The states of a plugin; each comes with a message and, where a person can do something, an action. */
export const pluginStates = [
  "disabled",
  "needs-consent",
  "incompatible",
  "loading",
  "ready",
  "reloading",
  "backoff",
  "quarantined",
  "error",
] as const;
export const pluginStateSchema = z.enum(pluginStates);
export type PluginState = z.infer<typeof pluginStateSchema>;

/** What a plugin asks for that this user has not approved. */
export const consentRequestSchema = z.object({
  capabilities: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** Absolute folders outside the workspace. */
  folders: z.array(z.string()),
  /** Limits above the defaults. */
  limits: z.array(z.object({ name: z.string(), value: z.number(), default: z.number() })),
});
export type ConsentRequest = z.infer<typeof consentRequestSchema>;

export const pluginStatusSchema = z.object({
  id: z.string(),
  state: pluginStateSchema,
  /** Why it is in this state; for `ready` what the plugin says about itself. */
  message: z.string(),
  /** Milliseconds since the Unix epoch at which the state began. */
  since: z.number(),
  /** Code of the failure. */
  code: z.string().exactOptional(),
  /** What a person can do about it. */
  action: z.string().exactOptional(),
  enabled: z.boolean(),
  artifactPath: z.string(),
  version: z.string().exactOptional(),
  /** SHA-256 of the artifact, hexadecimal. */
  sha256: z.string().exactOptional(),
  capabilities: z.array(z.string()).exactOptional(),
  requests: consentRequestSchema.exactOptional(),
  /** Which attempt `backoff` waits for, counted from 1, and when it comes (milliseconds since the epoch). */
  attempt: z.int().exactOptional(),
  retryAt: z.number().exactOptional(),
  /** The `config` table of the entry and the JSON Schema for it, for the settings form. */
  config: z.unknown().optional(),
  configSchema: z.unknown().optional(),
  /** Counters and durations: calls, errors, traps, restarts, memoryBytes, p50Ms, p99Ms, ... */
  stats: z.record(z.string(), z.number()).exactOptional(),
});
export type PluginStatus = z.infer<typeof pluginStatusSchema>;

export const logLevelSchema = z.enum(["trace", "debug", "info", "warn", "error"]);
export type LogLevel = z.infer<typeof logLevelSchema>;

export const pluginLogRecordSchema = z.object({
  pluginId: z.string(),
  level: logLevelSchema,
  message: z.string(),
  /** Milliseconds since the Unix epoch. */
  time: z.number(),
});
export type PluginLogRecord = z.infer<typeof pluginLogRecordSchema>;
