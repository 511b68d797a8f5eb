import { ResultError } from "@novywave/component-engine";

/** A class that components import and of which there is never an object: nothing hands one out. */
export function absentResource(methods: readonly string[] = []): new () => object {
  class Absent {
    readonly kind = "absent";
  }
  for (const name of methods) {
    Object.defineProperty(Absent.prototype, name, {
      value: () => {
        throw new ResultError("not-permitted");
      },
    });
  }
  return Absent;
}
