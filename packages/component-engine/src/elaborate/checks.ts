import { quoteName } from "../binary/names.js";
import type { Sort } from "../binary/syntax.js";
import { sameCoreFuncType, showCoreFuncType, type CoreFuncType } from "../core/module-types.js";
import { EngineError } from "../errors.js";
import type { CoreEntity, Entity } from "./entities.js";

export function invalid(message: string, offset: number): EngineError {
  return new EngineError("invalid", message, { offset });
}

export function requireNew(seen: Set<string>, name: string, what: string, offset: number): void {
  const key = name.toLowerCase();
  if (seen.has(key)) throw invalid(`two ${what} are named ${quoteName(name)}`, offset);
  seen.add(key);
}

export function requireNewKey(map: ReadonlyMap<string, unknown>, name: string, offset: number): void {
  if (map.has(name)) throw invalid(`the name ${quoteName(name)} is used twice`, offset);
}

export function requireSort(entity: Entity, sort: Sort, name: string, offset: number): void {
  if (entity.kind !== sort)
    throw invalid(`the export ${quoteName(name)} is a ${entity.kind}, not a ${sort}`, offset);
}

export function requireSignature(
  core: CoreEntity,
  expected: CoreFuncType,
  what: string,
  offset: number,
): void {
  if (core.type === undefined || sameCoreFuncType(core.type, expected)) return;
  throw invalid(
    `${what}: the core function is ${showCoreFuncType(core.type)}, needed is ${showCoreFuncType(expected)}`,
    offset,
  );
}
