import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { ToWorker } from "../wire/worker-messages.js";
import { Watchfulness, watchMs } from "./watchfulness.js";

/**
 * Reads a port; what lies there already is received before this returns. Where messages follow each other closely the thread
 * looks for the next one before it sleeps.
 */
export function readInbox(port: MessagePort, receive: (message: ToWorker) => void): void {
  const watchfulness = new Watchfulness();
  let idleSince = -Infinity;

  /** Until none comes for so long. */
  const take = (patienceMs: number): void => {
    for (let more = next(port, patienceMs); more; more = next(port, patienceMs)) {
      watchfulness.found();
      receive(more.message);
    }
  };

  take(0);
  port.on("message", (first: ToWorker) => {
    const worthwhile = watchfulness.worthwhile(performance.now() - idleSince);
    receive(first);
    if (worthwhile) {
      take(watchMs);
      watchfulness.missed();
    }
    idleSince = performance.now();
  });
}

/** The next message, if one comes while it is looked for. */
function next(port: MessagePort, patienceMs: number): { readonly message: ToWorker } | undefined {
  const started = performance.now();
  do {
    const received = receiveMessageOnPort(port);
    if (received) return received;
  } while (performance.now() - started < patienceMs);
  return undefined;
}
