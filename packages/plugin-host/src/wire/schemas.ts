import { z } from "zod";

// Everything that comes from the plugin-host process is hostile: a guest that broke out of its sandbox could send it.
// Values inside (`value`, `payload`, `args`) are checked again, by function, where they are used.

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const bytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().max(128);
const failure = z.object({
  code: name,
  message: z.string().max(64 * 1024),
  backtrace: z
    .string()
    .max(64 * 1024)
    .optional(),
  limit: name.optional(),
});

const outcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ok"), value: z.unknown() }),
  z.object({ kind: z.literal("err"), payload: z.unknown() }),
  z.object({ kind: z.literal("trap"), failure }),
]);

/** Messages of the child process, parsed. */
export const childMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("compiled"), instance: id }),
  z.object({ type: z.literal("loaded"), instance: id, memoryBytes: bytes }),
  z.object({ type: z.literal("load-failed"), instance: id, failure }),
  z.object({
    type: z.literal("result"),
    instance: id,
    call: id,
    outcome,
    memoryBytes: bytes,
    liftedBytes: bytes.default(0),
  }),
  z.object({
    type: z.literal("host-call"),
    instance: id,
    hostCall: id,
    interface: name,
    function: name,
    args: z.array(z.unknown()).max(16),
  }),
  z.object({
    type: z.literal("exited"),
    instance: id,
    reason: z.string().max(4_096),
    outOfMemory: z.boolean(),
  }),
]);

export type ParsedChildMessage = z.infer<typeof childMessageSchema>;
