import { z } from "zod";
import { pathSchema, textSchema, ticksSchema } from "./values.js";

export const valueFormatSchema = z.enum([
  "hex",
  "bin",
  "unsigned",
  "signed",
  "oct",
  "ascii",
  "real",
  "analog",
  "string",
]);
export type ValueFormat = z.infer<typeof valueFormatSchema>;

/** A row of the timeline. It names its variable, so that it survives a reload. */
export const selectedVariableSchema = z.object({
  /** {@link VariableInfo.fullName}. */
  name: textSchema,
  format: valueFormatSchema.exactOptional(),
  /** Pixels. */
  height: z.number().min(8).max(1_000).exactOptional(),
});
export type SelectedVariable = z.infer<typeof selectedVariableSchema>;

/** What a person looked at in one file. */
export const fileViewSchema = z.object({
  /** Relative to the workspace where the file lies inside, else absolute. */
  path: pathSchema,
  selected: z.array(selectedVariableSchema).max(1_024),
  cursor: ticksSchema.exactOptional(),
  /** The visible span. */
  start: ticksSchema.exactOptional(),
  end: ticksSchema.exactOptional(),
  expandedScopes: z.array(textSchema).max(1_024).exactOptional(),
});
export type FileView = z.infer<typeof fileViewSchema>;

export const themeSchema = z.enum(["dark", "light", "system"]);
export type Theme = z.infer<typeof themeSchema>;

/** Sizes of the panes, in percent, by the name of their group. */
export const panesSchema = z.record(z.string().max(64), z.array(z.number()).max(16));

/** What the user interface restores when it loads. `theme` and `panes` are settings, the rest is view state. */
export const workspaceViewSchema = z.object({
  theme: themeSchema.exactOptional(),
  panes: panesSchema.exactOptional(),
  activeFile: pathSchema.exactOptional(),
  openFiles: z.array(pathSchema).max(256),
  files: z.array(fileViewSchema).max(256),
});
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

/** The view of a workspace that nobody looked at yet. */
export const emptyView: WorkspaceView = { openFiles: [], files: [] };
