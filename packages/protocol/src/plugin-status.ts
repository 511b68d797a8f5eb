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

/** Whether the build that was approved before has it: what has not is new in the one that asks. */
const approvedBefore = z.boolean();

/** What a plugin asks for that this user has not approved for this artifact. */
export const consentRequestSchema = z.object({
  /** `reason`: the plugin's own word. */
  capabilities: z.array(z.object({ name: z.string(), reason: z.string(), approvedBefore })),
  /** Folders outside the workspace, absolute; `reason`: what names them. */
  folders: z.array(z.object({ path: z.string(), reason: z.string(), approvedBefore })),
  /** Limits above the defaults; `reason`: what sets them. */
  limits: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      default: z.number(),
      reason: z.string(),
      approvedBefore,
    }),
  ),
  /** This user was asked for exactly this before, and said no. */
  denied: z.literal(true).exactOptional(),
});
export type ConsentRequest = z.infer<typeof consentRequestSchema>;

/** A build that has taken the place of the approved one in the workspace and does not run. */
export const pendingBuildSchema = z.object({
  /** Why it does not run, and what is new in it. */
  message: z.string(),
  version: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
  /** What to approve to let it run; absent if it cannot run at all. */
  requests: consentRequestSchema.exactOptional(),
});
export type PendingBuild = z.infer<typeof pendingBuildSchema>;

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
  /** Why it may run: it ships with the program, this user approved it, or the workspace is trusted in this session. */
  trust: z.enum(["shipped", "approved", "session"]).exactOptional(),
  requests: consentRequestSchema.exactOptional(),
  /** Set while the approved build is kept in force and a newer one waits. */
  pending: pendingBuildSchema.exactOptional(),
  /** Which attempt `backoff` waits for, counted from 1, and when it comes (milliseconds since the epoch). */
  attempt: z.int().exactOptional(),
  retryAt: z.number().exactOptional(),
  /** The `config` table of the entry and the JSON Schema for it, for the settings form. */
  config: z.unknown().optional(),
  configSchema: z.unknown().optional(),
  /** Symbolic links in its folders that lead out of them: it does not see them, and a person may allow their targets. */
  outside: z.array(z.object({ link: z.string(), target: z.string() })).exactOptional(),
  /**
   * Counters of all instances and numbers of the running one: `calls`, `errors`, `traps`, `deaths`, `restarts`, `shed`,
   * `liftedBytes`, `memoryBytes`, `queueDepth`, `p50Ms`; by export `init.calls`, `handle-event.p99Ms`; `shed.relay.publish`.
   */
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
