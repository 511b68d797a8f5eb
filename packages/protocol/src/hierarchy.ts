import { z } from "zod";
import { indexSchema } from "./values.js";

/** A place in a source file, as the simulator was given it. */
export const sourceLineSchema = z.object({ path: z.string(), line: z.int() });

/** A scope of a waveform's hierarchy: a module, a function, a record, ... As `@novywave/waveform` describes it. */
export const scopeInfoSchema = z.object({
  id: indexSchema,
  name: z.string(),
  /** Names from the root, joined by dots. */
  fullName: z.string(),
  /** As the file says: `module`, `task`, `function`, `begin`, `fork`, ... */
  kind: z.string(),
  childScopes: z.int(),
  /** Variables directly in it. */
  variables: z.int(),
  /** The module, entity or component of which it is an instance. */
  component: z.string().exactOptional(),
  /** Where in the source it is declared, and where it is instantiated. */
  declaredAt: sourceLineSchema.exactOptional(),
  instantiatedAt: sourceLineSchema.exactOptional(),
});
export type ScopeInfo = z.infer<typeof scopeInfoSchema>;

/** What the values of a variable stand for: names, units, or whole numbers in two's complement. */
export const valueMeaningSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("integer") }),
  z.object({
    kind: z.literal("names"),
    names: z.array(z.object({ value: z.string(), name: z.string() }).readonly()).readonly(),
  }),
  z.object({
    kind: z.literal("units"),
    units: z.array(z.object({ name: z.string(), scale: z.string() }).readonly()).readonly(),
  }),
]);

/** A variable of a waveform's hierarchy; several may share one signal. */
export const variableInfoSchema = z.object({
  id: indexSchema,
  /** With its range, `count[7:0]`. */
  name: z.string(),
  fullName: z.string(),
  /** Id of its scope. */
  scope: z.int(),
  /** What to ask values of. */
  signal: indexSchema,
  /** Digits; 1 for reals, strings and events. */
  width: z.int(),
  kind: z.enum(["bits", "real", "string", "event"]),
  /** As the file says: `wire`, `reg`, `integer`, ... */
  type: z.string(),
  direction: z.string().exactOptional(),
  meaning: valueMeaningSchema.exactOptional(),
});
export type VariableInfo = z.infer<typeof variableInfoSchema>;
