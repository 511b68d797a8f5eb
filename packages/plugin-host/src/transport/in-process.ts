import { setFlagsFromString } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import { Supervisor } from "../supervisor/supervisor.js";
import type { ServerMessage } from "../wire/messages.js";
import { needsExtendedConst } from "./node-features.js";
import type { OpenTransport } from "./transport.js";

/**
 * Runs the supervisor in this process, at the other end of a message channel: the same messages and copies as with a
 * child process. For tests and embedders; there is no second wall around the workers.
 */
export const openInProcess: OpenTransport = ({ onMessage, onExit }) => {
  // Components of the JavaScript toolchain need it; it has to be set before the first of them is compiled.
  if (needsExtendedConst) setFlagsFromString("--experimental-wasm-extended-const");
  const { port1: server, port2: child } = new MessageChannel();
  const supervisor = new Supervisor(
    new URL("../../dist/supervisor/plugin-worker.js", import.meta.url),
    (message) => child.postMessage(message, []),
  );
  child.on("message", (message: ServerMessage) => supervisor.receive(message));
  server.on("message", onMessage);
  const end = async (reason: string): Promise<void> => {
    await supervisor.dispose();
    server.close();
    child.close();
    onExit(reason);
  };
  let closing: Promise<void> | undefined;
  const close = (reason: string): Promise<void> => {
    closing ??= end(reason);
    return closing;
  };
  queueMicrotask(() => onMessage({ type: "ready" }));
  return {
    processId: process.pid,
    send: (message) => server.postMessage(message, []),
    kill: () => void close("all workers were ended"),
    close: () => close("closed"),
  };
};
