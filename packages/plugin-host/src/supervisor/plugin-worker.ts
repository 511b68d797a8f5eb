// The thread of one plugin. It compiles (or takes over) the component, links it, and runs its exports; a host call puts
// the thread to sleep until the server has answered.
import type { MessagePort } from "node:worker_threads";
import { defined } from "@novywave/base";
import type { Component } from "@novywave/component-engine";
import { decode } from "../wire/codec.js";
import { writeChildFrame, type WorkerType } from "../wire/frames.js";
import type { CallOutcome, ReplyOutcome, ServerMessage, WireLimits } from "../wire/messages.js";
import type { WorkerNews, WorkerSetup, WorkerTask } from "../wire/worker-messages.js";
import { disarm } from "./disarm.js";
import { wireFailure } from "./failure.js";
import { adoptGuest, Guest, utf8From } from "./guest.js";
import type { HostCall } from "./host-call.js";
import { readInbox } from "./inbox.js";
import { ReplyMailbox } from "./sync-call.js";
import type { CompiledProgram } from "./worker-program.js";

/** What the guest has used so far. */
type Used = Pick<Guest, "memoryBytes" | "liftedBytes">;
type CallFields = Pick<Extract<ServerMessage, { type: "call" }>, "call" | "function" | "args">;

/** Frames that a crash record has: more than the ten that the runtime gives. */
Error.stackTraceLimit = 64;

/** How often a spare runs what loads a plugin: the runtime makes code faster that has run a few times. */
const warmRuns = 4;

/** Called by `boot-worker.ts`. `compiledCode` is there if this thread had to compile the program. */
export function run(
  parentPort: MessagePort | null,
  setup: WorkerSetup,
  compiledCode: (() => CompiledProgram) | undefined,
): void {
  disarm();
  const port = defined(parentPort, "parentPort");
  const mailbox = new ReplyMailbox(setup.signal, setup.replies);
  const post = (news: WorkerNews): void => port.postMessage(news);
  const send = (type: WorkerType, fields: object, memory?: ArrayBuffer): void => {
    // The supervisor knows which instance this is.
    const written = writeChildFrame(type, 0, fields, memory);
    port.postMessage(written, [written.buffer]);
  };
  let guest: Guest | undefined;
  /** No spare any more: there is something to load. */
  let taken = false;
  /** Calls that came before there was one. */
  const early: Uint8Array<ArrayBuffer>[] = [];
  let hostCalls = 0;

  const hostCall: HostCall = (interfaceName, functionName, args) => {
    send("host-call", {
      hostCall: ++hostCalls,
      interface: interfaceName,
      function: functionName,
      args,
    });
    // From the supervisor, which is trusted here: it decides what lives and dies.
    const { outcome } = decode(mailbox.take(), { utf8From }) as { readonly outcome: ReplyOutcome };
    return outcome;
  };

  const load = async (message: Extract<WorkerTask, { type: "load" }>): Promise<void> => {
    taken = true;
    try {
      const { artifact, links, exportName, limits } = message;
      const component =
        artifact.kind === "bytes" ? await compiled(artifact.bytes, limits) : adoptGuest(artifact.component);
      post(
        artifact.kind === "bytes"
          ? { type: "compiled", component: component.toTransferable() }
          : { type: "compiled" },
      );
      guest = await Guest.link(component, { links, exportName, limits, hostCall });
      send("loaded", { memoryBytes: guest.memoryBytes });
    } catch (thrown) {
      send("load-failed", { failure: wireFailure(thrown) });
      return;
    }
    for (const body of early.splice(0)) call(body);
  };

  /** `memory` is that of the call, which has been read. */
  const answer = (call: number, outcome: CallOutcome, used: Used, memory: ArrayBuffer): void => {
    try {
      send("result", { call, outcome, ...used }, memory);
    } catch (thrown) {
      send("result", { call, outcome: { kind: "trap", failure: wireFailure(thrown) }, ...used });
    }
  };

  const call = (body: Uint8Array<ArrayBuffer>): void => {
    if (!guest) {
      early.push(body);
      return;
    }
    const { call: number, function: name, args } = decode(body, { utf8From }) as CallFields;
    const outcome = guest.call(name, args);
    const { memoryBytes, liftedBytes } = guest;
    answer(number, outcome, { memoryBytes, liftedBytes }, body.buffer);
  };

  const prepare = async (): Promise<void> => {
    try {
      const { warmUp } = await import("./warm-up.js");
      for (let run = 0; run < warmRuns; run++) {
        await warmUp();
        if (taken) return;
      }
      if (compiledCode) post({ type: "code", code: compiledCode() });
    } catch {
      // Only speed hangs on it.
    }
  };

  readInbox(port, setup.processors, (message) => {
    if (message instanceof Uint8Array) return call(message);
    switch (message.type) {
      case "warm-up":
        void prepare();
        return;
      case "load":
        void load(message);
        return;
    }
  });
}

/** What compiles is loaded for it: most threads take over what the supervisor compiled. */
async function compiled(bytes: Uint8Array, limits: WireLimits): Promise<Component> {
  const { compileGuest } = await import("./compile-guest.js");
  return compileGuest(bytes, limits);
}
