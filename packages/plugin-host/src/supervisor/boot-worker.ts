// The first thing that the thread of a plugin runs: it compiles its program, or takes over what another thread compiled.
// It is bundled as CommonJS: for a module the runtime loads its module loader first, which takes longer than all of this.
// Modules of the runtime are asked for where `require` ends up as well, without its detours.
import type { MessagePort } from "node:worker_threads";
import type { CompiledProgram, ProgramParts, ProgramPart } from "./worker-program.js";

/** What the program exports. */
interface Program {
  run(port: MessagePort | null, setup: unknown, compiledCode: (() => CompiledProgram) | undefined): void;
}

type Require = (name: string) => unknown;
type ModuleTable = Readonly<Record<string, (require: Require, exports: object) => void>>;

const { Script } = process.getBuiltinModule("node:vm");
const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
const { program, setup } = workerData as { readonly program: ProgramParts; readonly setup: unknown };

/** A part once it is needed. */
function open(part: ProgramPart) {
  const script = new Script(part.source, {
    filename: part.file,
    ...(part.code === undefined ? {} : { cachedData: part.code }),
  });
  return { script, modules: script.runInThisContext() as ModuleTable };
}

const first = open(program.first);
let later: ReturnType<typeof open> | undefined;
const openLater = () => (later ??= open(program.later));
const loaded: Record<string, object> = Object.create(null);

function require(name: string): unknown {
  if (!name.startsWith("./")) return process.getBuiltinModule(name);
  const known = loaded[name];
  if (known) return known;
  const load = first.modules[name] ?? openLater().modules[name];
  if (!load) throw new Error(`the program has no module ${name}`);
  const exported = {};
  loaded[name] = exported;
  try {
    load(require, exported);
  } catch (error) {
    // Whoever asks again is told the same, and not given half of it.
    delete loaded[name];
    throw error;
  }
  return exported;
}

// What was compiled under other flags of the runtime is not taken over.
const tookOver = program.first.code !== undefined && first.script.cachedDataRejected === false;
const compiledCode = (): CompiledProgram => ({
  first: first.script.createCachedData(),
  later: openLater().script.createCachedData(),
});
(require("./plugin-worker.cjs") as Program).run(parentPort, setup, tookOver ? undefined : compiledCode);
