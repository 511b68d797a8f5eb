import { availableParallelism } from "node:os";
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { closeMs, watchMs } from "../wire/watchfulness.js";
import type { ToWorker } from "../wire/worker-messages.js";

/**
 * Reads a port. A thread whose messages follow each other closely looks for the next one instead of sleeping, since to
 * wake it takes longer than most calls; one that hears something now and then sleeps at once, and costs nothing.
 */
export function readInbox(port: MessagePort, receive: (message: ToWorker) => void): void {
  // On a single processor, looking would keep the sender from sending.
  const mayWatch = availableParallelism() > 1;
  let idleSince = -Infinity;

  /** The next message, if one comes while it is worth looking. */
  const next = (): { readonly message: ToWorker } | undefined => {
    const started = performance.now();
    do {
      const received = receiveMessageOnPort(port);
      if (received) return received;
    } while (performance.now() - started < watchMs);
    return undefined;
  };

  port.on("message", (first: ToWorker) => {
    const close = mayWatch && performance.now() - idleSince < closeMs;
    receive(first);
    if (close) for (let more = next(); more; more = next()) receive(more.message);
    idleSince = performance.now();
  });
}
