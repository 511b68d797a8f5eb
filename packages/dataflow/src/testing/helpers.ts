import type { Actor, Flow, InspectionEvent } from "../index.js";

/** An actor that adds what it is sent. */
export function counter(flow: Flow, name: string, capacity?: number): Actor<number, number> {
  return flow.actor<number, number>({
    name,
    initial: 0,
    ...(capacity === undefined ? {} : { capacity }),
    receive: (sum, n) => sum + n,
  });
}

/** What the inspection stream says from now on; without `time`, every event bears time 0. */
export function observed(
  flow: Flow,
  time: (event: InspectionEvent) => number = () => 0,
): readonly InspectionEvent[] {
  const events: InspectionEvent[] = [];
  flow.inspect((event) => events.push({ ...event, time: time(event) }));
  return events;
}

/** A promise and what ends it. */
export function deferred<T>(): {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
} {
  let resolve: (value: T) => void = nothing;
  let reject: (error: unknown) => void = nothing;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function nothing(): void {}
