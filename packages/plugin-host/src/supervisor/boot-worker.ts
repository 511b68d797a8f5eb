// The first thing that the thread of a plugin runs: it compiles its program, or takes over what another thread compiled.
// It is bundled as CommonJS: for a module the runtime loads its module loader first, which takes longer than all of this.
// Modules of the runtime are asked for where `require` ends up as well, without its detours.
import type { MessagePort } from "node:worker_threads";
import type { ProgramParts } from "./worker-program.js";

/** What the program exports. */
interface Program {
  run(port: MessagePort | null, setup: unknown, compiledCode: (() => Uint8Array) | undefined): void;
}

type Wrapped = (require: (name: string) => unknown, exports: object) => void;

const { Script } = process.getBuiltinModule("node:vm");
const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
const { program, setup } = workerData as { readonly program: ProgramParts; readonly setup: unknown };
const script = new Script(program.source, {
  filename: program.file,
  ...(program.code === undefined ? {} : { cachedData: program.code }),
});
const exported = {};
const wrapped = script.runInThisContext() as Wrapped;
// It has all in one file but what the runtime brings.
wrapped((name) => process.getBuiltinModule(name), exported);
// What was compiled under other flags of the runtime is not taken over.
const tookOver = program.code !== undefined && script.cachedDataRejected === false;
(exported as Program).run(parentPort, setup, tookOver ? undefined : () => script.createCachedData());
