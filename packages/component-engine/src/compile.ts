import { CompiledComponent, type Component, type EngineOptions } from "./component.js";
import { Context } from "./validate/context.js";
import { readComponent } from "./binary/read-component.js";
import type { ComponentSyntax, CustomSection } from "./binary/syntax.js";
import { EngineError } from "./errors.js";
import { resolveLimits, type EngineLimits } from "./limits.js";
import { messageOf } from "./link/failure.js";
import type { ComponentExport, ComponentImport, Plan, Refusal } from "./plan.js";
import { checkComponent } from "./planning/check-component.js";

/** What a component says about itself, known without compiling anything. */
export interface ComponentInfo {
  readonly imports: readonly ComponentImport[];
  readonly exports: readonly ComponentExport[];
  /** The custom sections of the outermost component, in order. */
  readonly customSections: readonly CustomSection[];
  readonly coreModuleCount: number;
  /** What the component uses and {@link compile} refuses. Empty for a component that can run. */
  readonly unsupported: readonly Refusal[];
}

/**
 * Reads, checks and compiles a component. Throws {@link EngineError}: `not-a-component`, `malformed`, `invalid`, `unsupported`,
 * `limit-exceeded`, `module-rejected`.
 */
export async function compile(bytes: Uint8Array, options: EngineOptions = {}): Promise<Component> {
  const limits = resolveLimits(options.limits);
  const { plan, compiling, customSections } = begin(bytes, limits);
  return new CompiledComponent(plan, await compiling, customSections, limits);
}

/** All that is done at once. What was read is free to go while the modules are compiled. */
function begin(
  bytes: Uint8Array,
  limits: EngineLimits,
): {
  readonly plan: Plan;
  readonly compiling: Promise<WebAssembly.Module[]>;
  readonly customSections: readonly CustomSection[];
} {
  const { syntax, context, customSections } = read(bytes, limits);
  // Other threads compile while this one validates.
  const compiling = allCompiled(
    context.readModules(syntax).map((module) => compileModule(joined(module.bytes), module.offset)),
  );
  // What validation finds counts, not what they find.
  compiling.catch(() => undefined);
  const { plan } = checkComponent(context, syntax);
  if ("feature" in plan) {
    const message = `the component uses what is not supported: ${plan.feature}`;
    throw new EngineError("unsupported", message, { offset: plan.offset });
  }
  return { plan, compiling, customSections };
}

/** What a component imports and exports, without compiling its core modules. Throws {@link EngineError} as {@link compile} does. */
export function inspect(bytes: Uint8Array, options: EngineOptions = {}): ComponentInfo {
  const limits = resolveLimits(options.limits);
  const { syntax, context, customSections } = read(bytes, limits);
  const checked = checkComponent(context, syntax);
  return {
    imports: checked.imports,
    exports: checked.exports,
    customSections,
    coreModuleCount: checked.modules.length,
    unsupported: checked.refusals,
  };
}

function read(
  given: Uint8Array,
  limits: EngineLimits,
): {
  readonly syntax: ComponentSyntax;
  readonly context: Context;
  readonly customSections: readonly CustomSection[];
} {
  // Slices of subclasses, of Node's `Buffer` say, cost several times as much.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const syntax = readComponent(bytes, limits);
  const customSections = syntax.customSections.map((section) => ({
    ...section,
    bytes: section.bytes.slice(),
  }));
  return { syntax, context: new Context(bytes, limits), customSections };
}

/**
 * The modules, which are compiled side by side; of several that are not valid, the first counts. A timer keeps Node's event loop from
 * running empty meanwhile: an empty one waits for V8's threads, which can wait for the main thread to collect garbage, and the
 * process hangs (nodejs/node#54918).
 */
async function allCompiled(compiling: readonly Promise<WebAssembly.Module>[]): Promise<WebAssembly.Module[]> {
  const keepAlive = setInterval(() => undefined, 50);
  try {
    const compiled: WebAssembly.Module[] = [];
    for (const outcome of await Promise.allSettled(compiling)) {
      if (outcome.status === "rejected") throw outcome.reason;
      compiled.push(outcome.value);
    }
    return compiled;
  } finally {
    clearInterval(keepAlive);
  }
}

/**
 * The platform copies what it compiles before it answers, so a module in which nothing had to change is given as it stands. Only shared
 * and resizable buffers it does not take.
 */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  const buffer = chunks.length === 1 ? first?.buffer : undefined;
  if (buffer instanceof ArrayBuffer && !("resizable" in buffer && buffer.resizable === true)) {
    return new Uint8Array(buffer, first?.byteOffset, first?.length);
  }
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

async function compileModule(source: Uint8Array<ArrayBuffer>, offset: number): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(source);
  } catch (thrown) {
    const text = messageOf(thrown);
    const hint = /not allowed in constant expressions/i.test(text)
      ? ". Node 20 needs --experimental-wasm-extended-const"
      : "";
    const message = `a core module is not valid: ${text}${hint}`;
    throw new EngineError("module-rejected", message, { offset, cause: thrown });
  }
}
