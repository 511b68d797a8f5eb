/** Functions that signal other processes or load native code; Node's permission model leaves the former to everybody. */
const weapons = ["kill", "_kill", "_debugProcess", "_debugEnd", "dlopen", "binding", "_linkedBinding"];

/**
 * Takes away what a guest that broke out into JavaScript could do to other processes of this user, the server first of
 * all. Irrevocable; for a thread that needs none of it. It has to come before anybody imports `node:process`: what modules
 * import is a copy, which the runtime makes at the first import.
 */
export function disarm(): void {
  for (const name of weapons) {
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
  }
}
