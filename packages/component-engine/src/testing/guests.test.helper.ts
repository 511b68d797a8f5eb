import { allocator } from "./wat.test.helper.js";

/**
 * A component from one core module: `core` is what the module has beside memory and allocator, `lifts` are the component-level
 * types and exports; they can refer to `$m` (memory), `$r` (realloc) and `$i` (the core instance).
 */
export function guest(
  core: string,
  lifts: string,
  parts: { imports?: string; lowered?: string; args?: string } = {},
): string {
  return `(component
    ${parts.imports ?? ""}
    (core module $libc ${`(module ${allocator})`.slice(8, -1)})
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $m))
    (alias core export $libc "cabi_realloc" (core func $r))
    ${parts.lowered ?? ""}
    (core module $M
      (import "libc" "memory" (memory 1))
      (import "libc" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      ${core})
    (core instance $i (instantiate $M (with "libc" (instance $libc)) ${parts.args ?? ""}))
    ${lifts})`;
}

/** A type that is exported, as types in the signatures of exports have to be. */
export function named(name: string, type: string): string {
  return `(type $${name}-type ${type}) (export $${name} "${name}" (type $${name}-type))`;
}

/** `(func (export NAME) TYPE (canon lift …))` with memory and realloc. */
export function lift(name: string, type: string, extra = ""): string {
  return `(func (export "${name}") ${type} (canon lift (core func $i "${name}") (memory $m) (realloc $r) ${extra}))`;
}
