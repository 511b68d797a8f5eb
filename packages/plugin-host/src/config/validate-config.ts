import vm from "node:vm";
import { defined } from "@novywave/base";
import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";

/** Where a configuration breaks its schema. */
export interface ConfigProblem {
  /** JSON pointer into the `config` table, e.g. `/extensions/0`; empty for the table itself. */
  readonly path: string;
  readonly message: string;
}

const maxProblems = 50;
const maxMessageLength = 500;

/** Milliseconds for one validation; what a person writes takes a few, also where the machine is busy. */
const validationMs = 2_000;

/** Its text is constant; what it runs is handed in. A script is what the platform can end while it runs. */
const runScript = new vm.Script("run()");

/**
 * Checks an entry's `config` table against the manifest's JSON Schema; no schema allows everything. The schema comes from
 * an artifact: its patterns may backtrack for years, its references double at each level. It is given
 * {@link validationMs} and ended then, wherever it is. Callers check after consent.
 */
export function validateConfig(schema: unknown, config: unknown): readonly ConfigProblem[] {
  if (schema === undefined) return [];
  if (!isSchema(schema)) return [{ path: "", message: "the plugin's config schema is no JSON Schema" }];
  let errors: readonly OutputUnit[];
  try {
    errors = runBounded(() => {
      // A copy: the validator writes into the schema.
      const result = new Validator(copy(schema), "2020-12", false).validate(plain(config));
      return result.valid ? [] : result.errors;
    });
  } catch (error) {
    return [{ path: "", message: `the plugin's config schema cannot be used: ${reasonOf(error)}` }];
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

/** Runs `task` and ends it after {@link validationMs}, also inside a regular expression. */
function runBounded<T>(task: () => T): T {
  let value: { readonly of: T } | undefined;
  const run = (): void => {
    value = { of: task() };
  };
  runScript.runInNewContext({ run }, { timeout: validationMs });
  return defined(value, "the value of the task").of;
}

function reasonOf(error: unknown): string {
  // Made in the script's own realm, so it is no `Error` of this one.
  const ended = typeof error === "object" && error !== null && "code" in error;
  if (ended && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
    return `checking a config against it takes more than ${validationMs} ms; simplify its patterns and references`;
  }
  return (error instanceof Error ? error.message : String(error)).slice(0, maxMessageLength);
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
