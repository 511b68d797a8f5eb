/**
 * A field of a record, or a flag, from JavaScript. Getters of a class count; what every object has (`constructor`, `toString`)
 * does not: those are functions, and no value of a component is one.
 */
export function propertyOf(value: object, key: string): unknown {
  const found = (value as Record<string, unknown>)[key];
  return typeof found === "function" && !Object.hasOwn(value, key) ? undefined : found;
}
