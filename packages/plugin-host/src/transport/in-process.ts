import { Supervisor } from "../supervisor/supervisor.js";
import { WorkerProgram } from "../supervisor/worker-program.js";
import { childFrame, serverFrame, writeServerFrame } from "../wire/frames.js";
import { SpareMemory } from "../wire/spare-memory.js";
import { neverStarted } from "./child-transport.js";
import { receiveFrame } from "./receive-frames.js";
import type { OpenTransport, Transport, TransportEvents } from "./transport.js";

/**
 * Runs the supervisor in this process: the same workers and the same frames as with a child process, handed over without
 * a pipe between. For tests and embedders; there is no second wall around the workers.
 */
export const openInProcess: OpenTransport = (events) => {
  let program: WorkerProgram;
  try {
    program = WorkerProgram.read(new URL("../../dist/child/", import.meta.url));
  } catch (error) {
    // A bundler that takes this package in leaves its files behind.
    const reason = error instanceof Error ? error.message : String(error);
    return neverStarted(events, `the program of its threads cannot be read: ${reason}`);
  }
  return openSupervisor(program, events);
};

function openSupervisor(program: WorkerProgram, events: TransportEvents): Transport {
  let closing: Promise<void> | undefined;
  const spare = new SpareMemory();
  const supervisor = new Supervisor(program, (written) => {
    // What ends here ends as a process does: it says nothing more.
    if (closing) return;
    const frame = childFrame(written);
    const most = events.maxMessageBytes(frame.instance);
    if (frame.body.length > most) {
      events.onBroken(`a message of ${frame.body.length} bytes, more than ${most}`);
      return;
    }
    receiveFrame(frame, events);
    spare.give(written.buffer);
  });
  const end = async (reason: string): Promise<void> => {
    await supervisor.dispose();
    events.onExit(reason);
  };
  const close = (reason: string): Promise<void> => {
    closing ??= end(reason);
    return closing;
  };
  queueMicrotask(() => events.onMessage({ type: "ready" }));
  return {
    processId: process.pid,
    send: (message) => {
      if (!closing) supervisor.receive(serverFrame(writeServerFrame(message, spare.take())));
    },
    kill: () => void close("all workers were ended"),
    close: () => close("closed"),
  };
}
