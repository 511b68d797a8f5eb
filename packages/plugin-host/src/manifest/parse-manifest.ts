import { err, ok, type Result } from "@novywave/base";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { capabilities } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import { parseLimits } from "../limits.js";
import { printable } from "../text.js";
import type { Manifest } from "./manifest.js";

const maxManifestBytes = 64 * 1024;

/** What people read, before they agree among others. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => printable(text, max));

const manifestSchema = z.strictObject({
  id: z
    .string()
    .max(128)
    .regex(/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/, "must look like `company.plugin_name`"),
  version: z
    .string()
    .max(64)
    .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, "must be a version such as 0.1.0"),
  description: line(1_000).default(""),
  authors: z.array(line(200)).max(64).default([]),
  license: line(200).default(""),
  channels: z.array(z.string().min(1).max(64)).max(32).default([]),
  capabilities: z
    .array(
      z.strictObject({
        name: z.enum(capabilities),
        reason: line(500).refine((text) => text.trim() !== "", "must say why"),
      }),
    )
    .max(capabilities.length)
    .default([]),
  config_schema: z.unknown().optional(),
  limits: z.unknown().optional(),
});

/**
 * Reads the text of `Plugin.toml`. Every error names the place; unknown keys are refused, so that a misspelt capability
 * is not silently none.
 */
export function parseManifest(
  text: string,
  source: "embedded" | "beside",
  where: string,
): Result<Manifest, PluginFailure> {
  const invalid = (message: string): Result<never, PluginFailure> =>
    err({ code: "manifest-invalid", message: `${where}: ${message}` });
  if (text.length > maxManifestBytes) return invalid(`larger than ${maxManifestBytes} bytes`);
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return invalid(`line ${error.line}, column ${error.column}: ${firstLine(error.message)}`);
  }
  const parsed = manifestSchema.safeParse(table);
  if (!parsed.success) {
    return invalid(
      parsed.error.issues
        .map((issue) => `${issue.path.join(".") || "the table"}: ${issue.message}`)
        .join("; "),
    );
  }
  const { config_schema, limits: limitsTable, ...rest } = parsed.data;
  const twice = duplicate(rest.capabilities.map((capability) => capability.name));
  if (twice !== undefined) return invalid(`capabilities: \`${twice}\` appears twice`);
  const limits = parseLimits(limitsTable);
  if (!limits.ok) return invalid(limits.error.join("; "));
  const schema = readSchema(config_schema);
  if (!schema.ok) return invalid(schema.error);
  return ok({
    ...rest,
    ...(schema.value === undefined ? {} : { configSchema: schema.value }),
    ...(limitsTable === undefined ? {} : { limits: limits.value }),
    source,
  });
}

/** The schema is a table, or JSON text. */
function readSchema(given: unknown): Result<unknown, string> {
  if (typeof given !== "string") {
    if (given === undefined || (typeof given === "object" && given !== null)) return ok(given);
    return err("config_schema: must be a table or JSON text");
  }
  try {
    const value: unknown = JSON.parse(given);
    return ok(value);
  } catch (error) {
    return err(`config_schema: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function duplicate(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
