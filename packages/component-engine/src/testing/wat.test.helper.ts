import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { compile, instantiate, type EngineLimits, type Instance } from "../index.js";

/** A component, or a core module, from its text. */
export async function wat(text: string): Promise<Uint8Array> {
  return parse(text);
}

/** A component from the text of a core module and the WIT of its only world. */
export async function componentOf(core: string, wit: string): Promise<Uint8Array> {
  const embedded = await componentEmbed({ binary: await parse(core), witSource: wit });
  return componentNew(embedded);
}

/** A component whose core functions all trap. */
export async function dummyOf(wit: string, world: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource: wit, world }));
}

export async function run(
  component: string,
  imports: Record<string, unknown> = {},
  limits: Partial<EngineLimits> = {},
): Promise<Instance> {
  return instantiate(await compile(await wat(component), { limits }), imports, { limits });
}

/** A function of an instance: `name` at the root, or of interface `of`. */
export function call(instance: Instance, name: string, of?: string): (...args: unknown[]) => unknown {
  const holder = of === undefined ? instance.exports : instance.exports[of];
  const func: unknown = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  if (typeof func !== "function") throw new Error(`there is no export ${name}`);
  return (...args) => Reflect.apply(func, undefined, args) as unknown;
}

/** Memory, and an allocator that never frees, for core modules in tests. */
export const allocator = `
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 4096))
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits
        (i32.ne
          (memory.grow
            (i32.add
              (i32.div_u
                (i32.sub (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
                (i32.const 65536))
              (i32.const 1)))
          (i32.const -1)))
      unreachable)
    (local.get $at))`;
