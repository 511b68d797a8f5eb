import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";
import type { ConfigProblem } from "./config-problem.js";

const maxProblems = 50;
const maxMessageLength = 500;

/**
 * Checks an entry's `config` table against the manifest's JSON Schema; no schema allows everything. It takes as long as
 * the schema makes it: only the worker of `checkConfig` calls it.
 */
export function validateConfig(schema: unknown, config: unknown): readonly ConfigProblem[] {
  if (schema === undefined) return [];
  if (!isSchema(schema)) return [{ path: "", message: "the plugin's config schema is no JSON Schema" }];
  let errors: readonly OutputUnit[];
  try {
    // A copy: the validator writes into the schema.
    const result = new Validator(copy(schema), "2020-12", false).validate(plain(config));
    errors = result.valid ? [] : result.errors;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, maxMessageLength);
    return [{ path: "", message: `the plugin's config schema cannot be used: ${reason}` }];
  }
  // A failing field is also told of by every schema around it; the deepest report is the one that helps.
  const structural = new Set([
    "properties",
    "items",
    "additionalProperties",
    "prefixItems",
    "patternProperties",
    "allOf",
  ]);
  const problems = errors
    .map((error) => ({
      path: decodePointer(error.instanceLocation),
      keyword: error.keyword,
      message: error.error,
    }))
    .filter(
      (error, _, all) =>
        !structural.has(error.keyword) ||
        !all.some(
          (other) =>
            other !== error &&
            other.path.length >= error.path.length &&
            other.path.startsWith(error.path) &&
            !structural.has(other.keyword),
        ),
    );
  const seen = new Set<string>();
  return problems
    .filter(({ path, message }) => !seen.has(path + message) && seen.add(path + message))
    .slice(0, maxProblems)
    .map(({ path, message }) => ({ path, message: message.slice(0, maxMessageLength) }));
}

function copy<T>(schema: T): T {
  return structuredClone(schema);
}

/** `#/a/b` to `/a/b`. */
function decodePointer(location: string): string {
  const pointer = location.startsWith("#") ? location.slice(1) : location;
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as JSON has it: the validator knows neither `bigint` nor dates. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}
