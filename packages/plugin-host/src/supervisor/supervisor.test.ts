import { readFileSync } from "node:fs";
import { SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { childFrame, decodeFrame, serverFrame, writeServerFrame } from "../wire/frames.js";
import { Supervisor } from "./supervisor.js";
import { WorkerProgram, type CompiledProgram } from "./worker-program.js";

/** What threads begin with. */
const boot = readFileSync(new URL("../../dist/child/boot-worker.cjs", import.meta.url), "utf8");

/** A program that is `source`, of which the runtime made `code`. */
function programOf(source: string, code?: CompiledProgram): WorkerProgram {
  const program = new WorkerProgram(boot, {
    first: {
      file: "program.cjs",
      source: `({ "./plugin-worker.cjs": function (require, exports) { ${source} } })`,
    },
    later: { file: "later.cjs", source: "({})" },
  });
  if (code) program.addCode(code);
  return program;
}

/** Code that the runtime does not look at. */
const codeOf = (...bytes: readonly number[]): CompiledProgram => ({
  first: Uint8Array.from(bytes),
  later: Uint8Array.from(bytes),
});

/** The code that threads get. */
const codeIn = ({ parts: { first, later } }: WorkerProgram): Partial<CompiledProgram> => ({
  ...(first.code ? { first: first.code } : {}),
  ...(later.code ? { later: later.code } : {}),
});

const start = {
  type: "start",
  instance: 7,
  sha256: "0",
  links: [],
  exportName: "e",
  limits: { memoryBytes: 65_536, liftedBytes: 1 },
} as const;

/** Starts a plugin as the server does. */
function begin(supervisor: Supervisor, instance = 7, bytes: Uint8Array = new Uint8Array(1)): void {
  const { limits } = start;
  const sha256 = String(instance);
  supervisor.receive(serverFrame(writeServerFrame({ type: "artifact", sha256, bytes, limits })));
  supervisor.receive(serverFrame(writeServerFrame({ ...start, instance, sha256 })));
}

it("where no thread can be started the plugin ends, and its process does not", async () => {
  const said: unknown[] = [];
  const clock = new SimulatedClock();
  // What cannot be handed to a thread fails as at once as a system without threads does.
  const notSent = Symbol("source") as unknown as string;
  const part = { file: "", source: notSent };
  const supervisor = new Supervisor(
    new WorkerProgram(boot, { first: part, later: part }),
    (frame) => said.push(decodeFrame(childFrame(frame))),
    clock,
  );
  begin(supervisor);
  clock.advance(1_000);
  expect(said).toEqual([
    {
      type: "exited",
      instance: 7,
      reason: expect.stringMatching(/^no thread could be started: /) as unknown,
      outOfMemory: false,
    },
  ]);
  await supervisor.dispose();
});

/** What is said until the plugin has ended. */
async function ended(program: WorkerProgram): Promise<unknown[]> {
  const said: { readonly type?: string }[] = [];
  const supervisor = await new Promise<Supervisor>((resolve) => {
    const onFrame = (frame: Uint8Array<ArrayBuffer>): void => {
      const message = decodeFrame(childFrame(frame)) as { readonly type?: string };
      said.push(message);
      if (message.type === "exited") resolve(started);
    };
    // No time passes: no other spare is booted.
    const started = new Supervisor(program, onFrame, new SimulatedClock());
    begin(started);
  });
  await supervisor.dispose();
  return said;
}

/** Threads that say that they have booted, and end with the number that `ending` is when they are to load a plugin. */
function threads(ending: string): {
  readonly supervisor: Supervisor;
  /** Starts a plugin; the number with which its thread ends. */
  readonly start: (instance: number, bytes: Uint8Array) => Promise<number>;
  /** The thread that has booted last, once one has. */
  readonly booted: () => Promise<number>;
} {
  const program = programOf(`
      const { threadId } = require("node:worker_threads");
      exports.run = (port) => {
        port.on("message", ({ artifact }) => process.exit(${ending}));
        port.postMessage({ type: "code", code: { first: Uint8Array.of(threadId), later: Uint8Array.of(threadId) } });
      };
    `);
  const ended = new Map<number, (code: number) => void>();
  const onFrame = (frame: Uint8Array<ArrayBuffer>): void => {
    const message = decodeFrame(childFrame(frame)) as { type: string; instance: number; reason: string };
    ended.get(message.instance)?.(Number(/code (\d+)/.exec(message.reason)?.[1]));
  };
  const supervisor = new Supervisor(program, onFrame, new SimulatedClock());
  return {
    supervisor,
    start: (instance, bytes) =>
      new Promise((resolve) => {
        ended.set(instance, resolve);
        begin(supervisor, instance, bytes);
      }),
    booted: async () => {
      const before = program.parts;
      while (program.parts === before) await new Promise((resolve) => setImmediate(resolve));
      return program.parts.first.code?.[0] ?? 0;
    },
  };
}

/** A thread that runs `source` when it is to load a plugin; answers with what is said until the plugin has ended. */
async function saidBy(
  source: string,
): Promise<{ readonly said: unknown[]; readonly program: WorkerProgram }> {
  const program = programOf(` exports.run = (port) => port.on("message", () => { ${source} }); `);
  return { said: await ended(program), program };
}

describe("the thread of a plugin", () => {
  /** A component of nothing, and one that is too large to be compiled between other things. */
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
  const large = Uint8Array.from([...empty, 0, 0x81, 0x80, 0x04, 0, ...new Uint8Array(65_536)]);

  const kind = "{ compiled: 1, bytes: 2 }[artifact.kind]";

  it("gets a small artifact compiled, and compiles itself what is large, or no component", async () => {
    const { supervisor, start } = threads(kind);
    expect(await start(1, empty)).toBe(1);
    expect(await start(2, large)).toBe(2);
    expect(await start(3, new Uint8Array(9))).toBe(2);
    await supervisor.dispose();
  });

  it("boots when a start is about to come, once", async () => {
    const { supervisor, start, booted } = threads("threadId");
    const first = await booted();
    expect(await start(1, empty)).toBe(first);
    const prepared = booted();
    for (let times = 0; times < 2; times++)
      supervisor.receive(serverFrame(writeServerFrame({ type: "prepare" })));
    expect(await prepared).toBe(first + 1);
    expect(await start(2, empty)).toBe(first + 1);
    expect(await start(3, empty)).toBe(first + 2);
    await supervisor.dispose();
  });
});

describe("a thread whose guest broke out of its sandbox", () => {
  it("is ended when it writes what is no message of a worker", async () => {
    const exited = { type: "exited", instance: 7, reason: expect.any(String) as unknown, outOfMemory: false };
    const short = await saidBy("port.postMessage(new Uint8Array(3))");
    expect(short.said).toEqual([exited]);
    const foreign = await saidBy("port.postMessage(Uint8Array.of(0, 0, 0, 0, 4, 0, 0, 0, 0))");
    expect(foreign.said).toEqual([exited]);
    // A frame as a worker writes it, which it could go on writing while others read it.
    const shared = "const frame = new Uint8Array(new SharedArrayBuffer(70_000)); port.postMessage(frame);";
    expect((await saidBy(shared)).said).toEqual([exited]);
    for (const strange of ["null", "1", '"text"', "{}", "[]"])
      expect((await saidBy(`port.postMessage(${strange})`)).said).toEqual([exited]);
  });

  it("is ended when it throws what is no error", async () => {
    for (const thrown of ["null", "{ message: 1 }", "Object.assign(new Error(), { message: {} })"]) {
      const { said } = await saidBy(`throw ${thrown}`);
      const reason = expect.any(String) as unknown;
      expect(said).toEqual([{ type: "exited", instance: 7, reason, outOfMemory: false }]);
    }
  });

  it("hands no compiled code to the threads that start later", async () => {
    const { program } = await saidBy(
      'port.postMessage({ type: "code", code: { first: Uint8Array.of(1), later: Uint8Array.of(1) } }); port.postMessage(new Uint8Array(3));',
    );
    expect(codeIn(program)).toEqual({});
  });

  it("does not change the compiled code that later threads get", async () => {
    const program = programOf(`
        const { first, later } = require("node:worker_threads").workerData.program;
        exports.run = (port) => port.on("message", () => {
          for (const { code } of [first, later]) code.fill(0);
          port.postMessage(new Uint8Array(3));
        });
      `);
    program.addCode(codeOf(1, 2, 3));
    await ended(program);
    expect(codeIn(program)).toEqual(codeOf(1, 2, 3));
  });

  it("while a spare, which has run none, does", async () => {
    const program = programOf(`
        exports.run = (port) => port.on("message", () => port.postMessage({ type: "code", code: { first: Uint8Array.of(1), later: Uint8Array.of(1) } }));
      `);
    const clock = new SimulatedClock();
    const supervisor = new Supervisor(program, () => {}, clock);
    clock.advance(100);
    while (!program.parts.first.code) await new Promise((resolve) => setImmediate(resolve));
    expect(codeIn(program)).toEqual(codeOf(1));
    await supervisor.dispose();
  });
});

it("compiled code that the runtime does not take over, as after a change of its flags, is replaced", async () => {
  const clock = new SimulatedClock();
  const source = `exports.run = (port, setup, compiledCode) => port.on("message", () => {
    const code = compiledCode ? compiledCode() : { first: Uint8Array.of(1), later: Uint8Array.of(1) };
    port.postMessage({ type: "code", code });
  });`;
  /** What the spare gives. */
  const given = async (code: CompiledProgram): Promise<Partial<CompiledProgram>> => {
    const program = programOf(source, code);
    const before = program.parts;
    const supervisor = new Supervisor(program, () => {}, clock);
    clock.advance(100);
    while (program.parts === before) await new Promise((resolve) => setImmediate(resolve));
    await supervisor.dispose();
    return codeIn(program);
  };
  const { first, later } = await given(codeOf(...new Uint8Array(100)));
  if (!first || !later) throw new Error("no code was given");
  expect(first.length).toBeGreaterThan(100);
  expect(later.length).toBeGreaterThan(100);
  expect(await given({ first, later })).toEqual(codeOf(1));
});
