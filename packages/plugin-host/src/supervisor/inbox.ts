import { availableParallelism } from "node:os";
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";

/** Milliseconds for which a thread that was busy a moment ago looks for more before it sleeps. */
const watchMs = 0.1;
/** A message that comes within so many milliseconds of the last one shows that more is on its way. */
const closeMs = 0.3;

/**
 * Reads a port. A thread that sleeps takes longer to wake than most calls take to run, so one whose messages follow each
 * other closely does not sleep between them; one that hears something now and then sleeps at once, and costs nothing.
 */
export function readInbox<Message>(port: MessagePort, receive: (message: Message) => void): void {
  // On a single processor, looking would keep the sender from sending.
  const mayWatch = availableParallelism() > 1;
  let idleSince = -Infinity;

  /** The next message, if one comes while it is worth looking. */
  const next = (): { readonly message: Message } | undefined => {
    const started = performance.now();
    do {
      const received = receiveMessageOnPort(port) as { readonly message: Message } | undefined;
      if (received) return received;
    } while (performance.now() - started < watchMs);
    return undefined;
  };

  port.on("message", (first: Message) => {
    const close = mayWatch && performance.now() - idleSince < closeMs;
    receive(first);
    if (close) for (let more = next(); more; more = next()) receive(more.message);
    idleSince = performance.now();
  });
}
