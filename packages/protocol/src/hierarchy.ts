import { z } from "zod";
import { indexSchema } from "./values.js";

/** A scope of a waveform's hierarchy: a module, a function, a record, ... */
export const scopeInfoSchema = z.object({
  id: indexSchema,
  name: z.string(),
  /** `module`, `task`, `function`, `begin`, `fork`, `package`, `record`, ... as the format names it. */
  kind: z.string(),
  /** Names from the root, joined by dots. */
  path: z.string(),
  childScopes: z.int(),
  childVariables: z.int(),
});
export type ScopeInfo = z.infer<typeof scopeInfoSchema>;

/** A variable of a waveform's hierarchy; several may share one signal. */
export const variableInfoSchema = z.object({
  id: indexSchema,
  name: z.string(),
  /** Names from the root, joined by dots. */
  path: z.string(),
  scope: z.int(),
  /** `wire`, `reg`, `integer`, `real`, `string`, `event`, ... as the format names it. */
  kind: z.string(),
  /** How its values are to be understood. */
  type: z.enum(["bits", "real", "string", "event"]),
  /** Bits; 0 where that means nothing. */
  width: z.int(),
  /** Left and right bound, of `[7:0]` for example. */
  range: z.tuple([z.int(), z.int()]).exactOptional(),
  /** What to ask values of. */
  signal: indexSchema,
});
export type VariableInfo = z.infer<typeof variableInfoSchema>;
