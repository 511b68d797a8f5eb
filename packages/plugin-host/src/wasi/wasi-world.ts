import { inspect, type ComponentExtern, type ComponentInfo } from "@novywave/component-engine";
import { WASI_WORLD_COMPONENT } from "./generated/world.js";

let known: readonly ComponentExtern[] | undefined;

/** The interfaces of WASI that this host offers, with their types. Read once. */
export function wasiWorld(): readonly ComponentExtern[] {
  known ??= inspect(Buffer.from(WASI_WORLD_COMPONENT, "base64")).imports;
  return known;
}

export function isWasi(importName: string): boolean {
  return importName.startsWith("wasi:");
}

export function usesWasi(component: Pick<ComponentInfo, "imports">): boolean {
  return component.imports.some(({ name }) => isWasi(name));
}
