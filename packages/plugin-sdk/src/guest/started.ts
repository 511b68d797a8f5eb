// Apart from `console.ts`, which imports the host's log: what asks only whether there is a host must not import it.
let loaded = false;
let waiting: (() => void)[] = [];

/** False while code outside functions runs, which is when the component is built: there is no host then. */
export const hasHost = (): boolean => loaded;

/** The build calls this after all code outside functions. */
export function codeHasRun(): void {
  loaded = true;
}

/** Runs something at the begin of `init`. */
export function atInit(run: () => void): void {
  waiting.push(run);
}

export function initBegins(): void {
  const due = waiting;
  waiting = [];
  for (const run of due) run();
}
