import { z } from "zod";
import { logLevelSchema, pluginLogRecordSchema } from "./plugin-status.js";
import { topics, type TopicMap } from "./topics.js";

const requestId = z.int().min(0).max(0xffff_ffff);

/** What a client may send. The first message is `hello`. */
export const clientMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), token: z.string().max(256), protocol: z.int() }),
  z.object({
    type: z.literal("request"),
    /** Chosen by the client, unique among its pending requests. */
    id: requestId,
    method: z.string().max(64),
    params: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal("cancel"), id: requestId }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/**
 * Why a request failed. `code` is one of {@link errorCodes} or comes from a package below (waveform, config, plugin
 * host); `message` is for people and says what to do.
 */
export const protocolErrorSchema = z.object({ code: z.string(), message: z.string() });
export type ProtocolError = z.infer<typeof protocolErrorSchema>;

export const errorCodes = [
  "bad-request",
  "unknown-method",
  "unauthorized",
  "protocol-mismatch",
  "too-large",
  "too-many-requests",
  "not-found",
  "not-open",
  "stale",
  "cancelled",
  "disconnected",
  "read-only",
  "internal",
] as const;

/** Something that happened, for whoever is there to see it. */
export const serverEventSchema = z.discriminatedUnion("kind", [
  pluginLogRecordSchema.extend({ kind: z.literal("plugin-log") }),
  /** An open file was read again; the topic `files` has the rest. */
  z.object({ kind: z.literal("refreshed"), path: z.string(), revision: z.number() }),
  z.object({ kind: z.literal("notice"), level: logLevelSchema, message: z.string() }),
]);
export type ServerEvent = z.infer<typeof serverEventSchema>;

const serverMessageSchemaWithoutState = [
  z.object({
    type: z.literal("welcome"),
    /** Version of the program. */
    version: z.string(),
    /** Absolute path of the workspace. */
    workspace: z.string(),
    protocol: z.int(),
  }),
  z.object({ type: z.literal("event"), event: serverEventSchema }),
  z.object({ type: z.literal("response"), id: requestId, ok: z.literal(true), result: z.unknown() }),
  z.object({ type: z.literal("response"), id: requestId, ok: z.literal(false), error: protocolErrorSchema }),
  /** Reading of a file, in bytes; sent beside the topic `files`, more often and smaller. */
  z.object({ type: z.literal("progress"), path: z.string(), read: z.number(), total: z.number() }),
  /** The connection is about to be closed, and why. */
  z.object({ type: z.literal("goodbye"), error: protocolErrorSchema }),
] as const;

/** Shape of a state message; its value is checked against the topic's own schema by the codec. */
const stateMessageSchema = z.object({
  type: z.literal("state"),
  topic: z.enum(topics as [keyof TopicMap, ...(keyof TopicMap)[]]),
  value: z.unknown(),
});

export const serverMessageShape = z.union([stateMessageSchema, ...serverMessageSchemaWithoutState]);

export type StateMessage = {
  [T in keyof TopicMap]: { readonly type: "state"; readonly topic: T; readonly value: TopicMap[T] };
}[keyof TopicMap];

/** What the server may send as text. */
export type ServerMessage = StateMessage | z.infer<(typeof serverMessageSchemaWithoutState)[number]>;
