import { note } from "./output.js";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `body`, which tidies up when its signal is aborted: on Ctrl-C, say. Then the process ends as the signal would have
 * ended it, so that a script which runs the command stops as well. A second signal ends it at once.
 */
export async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    received = signal;
    stopListening();
    controller.abort();
  };
  const stopListening = (): void => {
    for (const name of endings) process.removeListener(name, onSignal);
  };
  for (const name of endings) process.on(name, onSignal);
  try {
    return await body(controller.signal);
  } finally {
    stopListening();
    if (received !== undefined) endBy(received);
  }
}

function endBy(signal: NodeJS.Signals): never {
  note("novywave: interrupted");
  process.kill(process.pid, signal);
  // Not reached, unless the signal is ignored in this process's surroundings (nohup and SIGHUP).
  process.exit(130);
}
