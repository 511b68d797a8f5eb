import { z } from "zod";
import { MAX_BLACKOUTS } from "./limits.js";
import { countSchema, ticksSchema } from "./values.js";

export const fileStates = ["discovered", "loading", "ready", "empty", "missing", "error"] as const;
export const fileStateSchema = z.enum(fileStates);
export type FileState = z.infer<typeof fileStateSchema>;

/** Something a person should know about a file that is usable all the same. */
export const fileWarningSchema = z.object({
  /** `truncated`, `reload-failed`, ... */
  code: z.string(),
  message: z.string(),
  /** Where in the file, in bytes. */
  byte: z.number().exactOptional(),
  /** Up to which time the data goes. */
  time: ticksSchema.exactOptional(),
});
export type FileWarning = z.infer<typeof fileWarningSchema>;

/** One tick of a file: `magnitude` times `unit`. */
export const timescaleSchema = z.object({
  magnitude: z.literal([1, 10, 100]),
  unit: z.enum(["fs", "ps", "ns", "us", "ms", "s"]),
});
export type Timescale = z.infer<typeof timescaleSchema>;

export const fileStatusSchema = z.object({
  /** Absolute; the key of a file in every method. */
  path: z.string(),
  /** Relative to the workspace where it lies inside. */
  name: z.string(),
  /** `vcd`, `fst`, `ghw`, or `unknown` until the content was looked at. */
  format: z.string(),
  state: fileStateSchema,
  /** Why, for `missing`, `empty` and `error`. */
  message: z.string().exactOptional(),
  warning: fileWarningSchema.exactOptional(),
  /** Bytes, while it loads. */
  progress: z.object({ read: z.number(), total: z.number() }).exactOptional(),
  signals: countSchema,
  variables: countSchema,
  scopes: countSchema,
  start: ticksSchema,
  end: ticksSchema,
  timescale: timescaleSchema.exactOptional(),
  /** When recording was switched off, in the order of time; without `to` until the end. What values are there means nothing. */
  blackouts: z
    .array(z.object({ from: ticksSchema, to: ticksSchema.exactOptional() }))
    .max(MAX_BLACKOUTS)
    .exactOptional(),
  /** Whether its signals are loaded or loading. */
  open: z.boolean(),
  /** Grows with each reload; queries name the revision that they mean. */
  revision: countSchema,
  /** Ids of the plugins that found it. */
  discoveredBy: z.array(z.string()).exactOptional(),
});
export type FileStatus = z.infer<typeof fileStatusSchema>;
