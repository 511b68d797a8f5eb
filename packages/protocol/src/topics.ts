import { z } from "zod";
import { fileStatusSchema } from "./file-status.js";
import { pluginStatusSchema } from "./plugin-status.js";
import { countSchema } from "./values.js";
import { workspaceViewSchema } from "./view.js";

export const configIssueSchema = z.object({
  message: z.string(),
  /** Counted from 1. */
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  /** Dotted key of the value concerned. */
  key: z.string().exactOptional(),
});
export type ConfigIssue = z.infer<typeof configIssueSchema>;

/** The state of `.novywave`. `missing`: defaults apply, the file comes with the first change. */
export const configStatusSchema = z.object({
  state: z.enum(["loading", "missing", "ready", "error"]),
  /** Absolute. */
  path: z.string(),
  message: z.string().exactOptional(),
  /** While these stand, the last good state stays in force. */
  errors: z.array(configIssueSchema).exactOptional(),
  readOnly: z.boolean().exactOptional(),
});
export type ConfigStatus = z.infer<typeof configStatusSchema>;

export const discoveryStatusSchema = z.object({
  state: z.enum(["loading", "empty", "ready", "error"]),
  message: z.string().exactOptional(),
  count: countSchema,
});
export type DiscoveryStatus = z.infer<typeof discoveryStatusSchema>;

export const timelineStatusSchema = z.object({
  state: z.enum(["empty", "loading", "ready", "error"]),
  /** Grows whenever what the timeline shows may have changed. */
  revision: countSchema,
  activeFile: z.string().exactOptional(),
  message: z.string().exactOptional(),
});
export type TimelineStatus = z.infer<typeof timelineStatusSchema>;

export const viewStatusSchema = z.object({
  value: workspaceViewSchema,
  /** Grows whenever the file was changed by someone else than the user interface. */
  revision: countSchema,
});
export type ViewStatus = z.infer<typeof viewStatusSchema>;

/** States that the server sends whole: once after welcome, then on change, the newest only. */
export const topicSchemas = {
  config: configStatusSchema,
  view: viewStatusSchema,
  plugins: z.array(pluginStatusSchema),
  files: z.array(fileStatusSchema),
  discovery: discoveryStatusSchema,
  timeline: timelineStatusSchema,
} as const;

export type Topic = keyof typeof topicSchemas;
export type TopicMap = { [T in Topic]: z.infer<(typeof topicSchemas)[T]> };

/** In the order in which they are sent after welcome: core state first (R2.6). */
export const topics = Object.keys(topicSchemas) as readonly Topic[];
