import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { ToWorker } from "../wire/worker-messages.js";
import { Watchfulness, watchMs } from "./watchfulness.js";

/**
 * Reads a port; what lies there already is received before this returns. Where messages follow each other closely the thread
 * looks for the next one before it sleeps. `processors`: how many the runtime can use.
 */
export function readInbox(port: MessagePort, processors: number, receive: (message: ToWorker) => void): void {
  const watchfulness = new Watchfulness(processors);
  let idleSince = -Infinity;

  /** Until none comes for so long. */
  const take = (patienceMs: number): void => {
    for (let more = next(port, patienceMs); more; more = next(port, patienceMs)) {
      watchfulness.found();
      receive(more.message);
    }
  };

  for (let lies = received(port); lies; lies = received(port)) receive(lies.message);
  port.on("message", (first: ToWorker) => {
    const worthwhile = watchfulness.worthwhile(nowMs() - idleSince);
    receive(first);
    if (worthwhile) {
      take(watchMs);
      watchfulness.missed();
    }
    idleSince = nowMs();
  });
}

/** The next message, if one comes while it is looked for. */
function next(port: MessagePort, patienceMs: number): { readonly message: ToWorker } | undefined {
  const started = nowMs();
  do {
    const found = received(port);
    if (found) return found;
  } while (nowMs() - started < patienceMs);
  return undefined;
}

function received(port: MessagePort): { readonly message: ToWorker } | undefined {
  return receiveMessageOnPort(port);
}

/** For `performance` the runtime loads a dozen modules of its own, on the way to the first message. */
function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
