import { EngineError } from "../errors.js";

/** The entry of an index space. Throws `invalid` when there is none. */
export function at<T>(
  space: readonly T[],
  index: number,
  what: string,
  offset: number,
  visible: number = space.length,
): T {
  const entity = index < visible ? space[index] : undefined;
  if (entity === undefined) {
    throw new EngineError("invalid", `${what} ${index} does not exist: ${visible} are defined`, { offset });
  }
  return entity;
}
