import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { ToWorker } from "../wire/worker-messages.js";
import { Watchfulness, watchMs } from "./watchfulness.js";

/** Reads a port. Where messages follow each other closely the thread looks for the next one before it sleeps. */
export function readInbox(port: MessagePort, receive: (message: ToWorker) => void): void {
  const watchfulness = new Watchfulness();
  let idleSince = -Infinity;

  /** The next message, if one comes while it is looked for. */
  const next = (): { readonly message: ToWorker } | undefined => {
    const started = performance.now();
    do {
      const received = receiveMessageOnPort(port);
      if (received) {
        watchfulness.found();
        return received;
      }
    } while (performance.now() - started < watchMs);
    watchfulness.missed();
    return undefined;
  };

  port.on("message", (first: ToWorker) => {
    const worthwhile = watchfulness.worthwhile(performance.now() - idleSince);
    receive(first);
    if (worthwhile) for (let more = next(); more; more = next()) receive(more.message);
    idleSince = performance.now();
  });
}
