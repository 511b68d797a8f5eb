import { z } from "zod";
import { pathSchema, textSchema, ticksSchema } from "./values.js";

/** `fixed:N` and `ufixed:N`: signed and unsigned fixed point with N bits after the point. */
const fixedSchema = z
  .templateLiteral([z.enum(["fixed", "ufixed"]), ":", z.int().min(0)])
  .refine((format) => format.length <= 11);

export const valueFormatSchema = z.union([
  z.enum([
    "hex",
    "bin",
    "unsigned",
    "signed",
    "oct",
    "ascii",
    "vhdl",
    "named",
    "half",
    "bfloat16",
    "single",
    "double",
    "real",
    "analog",
    "string",
  ]),
  fixedSchema,
]);
export type ValueFormat = z.infer<typeof valueFormatSchema>;

const heightSchema = z.number().min(8).max(1_000);

/** Rows of the timeline. */
export const MAX_VIEW_ROWS = 1_024;

/** A row of the timeline. It names its file and its variable, so that it survives a reload. */
export const viewRowSchema = z.object({
  /** Relative to the workspace where the file lies inside, else absolute. */
  file: pathSchema,
  /** {@link VariableInfo.fullName}. */
  name: textSchema.min(1),
  format: valueFormatSchema.exactOptional(),
  /** Pixels. */
  height: heightSchema.exactOptional(),
});
export type ViewRow = z.infer<typeof viewRowSchema>;

/** A row of the timeline, where its file is known. */
export const selectedVariableSchema = z.object({
  /** {@link VariableInfo.fullName}. */
  name: textSchema,
  format: valueFormatSchema.exactOptional(),
  /** Pixels. */
  height: heightSchema.exactOptional(),
});
export type SelectedVariable = z.infer<typeof selectedVariableSchema>;

/** Files of a view. */
export const MAX_VIEW_FILES = 256;

/** What a person looked at in one file. */
export const fileViewSchema = z.object({
  /** Relative to the workspace where the file lies inside, else absolute. */
  path: pathSchema,
  /** Its rows among {@link WorkspaceView.rows}, in their order; they count where the view has no `rows`. */
  selected: z.array(selectedVariableSchema).max(MAX_VIEW_ROWS),
  cursor: ticksSchema.exactOptional(),
  /** From where times are measured to the cursor. */
  marker: ticksSchema.exactOptional(),
  /** The visible span. */
  start: ticksSchema.exactOptional(),
  end: ticksSchema.exactOptional(),
  expandedScopes: z.array(textSchema).max(MAX_VIEW_ROWS).exactOptional(),
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
  openFiles: z.array(pathSchema).max(MAX_VIEW_FILES),
  /** The rows of the timeline from top to bottom; rows of several files may take turns. */
  rows: z.array(viewRowSchema).max(MAX_VIEW_ROWS).exactOptional(),
  files: z.array(fileViewSchema).max(MAX_VIEW_FILES),
});
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

/** The view of a workspace that nobody looked at yet. */
export const emptyView: WorkspaceView = { openFiles: [], files: [] };
