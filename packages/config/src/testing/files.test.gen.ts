/** File systems that fail on request, for tests of writing. */
import * as fs from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ConfigFs } from "../file/host.js";

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "novywave-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Thrown by every call from the crash on: the process is dead, it cannot even clean up. */
export class Crash extends Error {}

/** Called before each operation with its name and path; may throw in its place. */
export type Hook = (operation: string, path: string) => void | Promise<void>;

/** The real file system with `hook` before every operation, those on open files included. */
export function hookedFs(hook: Hook): ConfigFs {
  return new Proxy<ConfigFs>(fs, {
    get(target, name) {
      const real: unknown = Reflect.get(target, name);
      if (typeof real !== "function") return real;
      return async (...args: unknown[]): Promise<unknown> => {
        await hook(String(name), String(args[0]));
        const result: unknown = await Reflect.apply(real, target, args);
        return name === "open" && typeof result === "object" && result !== null
          ? hookedHandle(result, String(args[0]), hook)
          : result;
      };
    },
  });
}

function hookedHandle(handle: object, path: string, hook: Hook): object {
  return new Proxy(handle, {
    get(target, name) {
      const real: unknown = Reflect.get(target, name);
      if (typeof real !== "function") return real;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          await hook(`handle.${String(name)}`, path);
        } catch (error) {
          // A write that fails may have written a part; and no descriptor outlives its process.
          const [bytes] = args;
          if (name === "writeFile" && bytes instanceof Uint8Array) {
            await Reflect.apply(real, target, [bytes.subarray(0, bytes.length / 2)]);
          }
          if (name === "close") await Reflect.apply(real, target, []);
          throw error;
        }
        return await Reflect.apply(real, target, args);
      };
    },
  });
}

/** A file system that dies at its operation number `at`, counted from 0, and stays dead. `count` tells how many ran. */
export function crashingFs(at: number): { readonly fs: ConfigFs; readonly count: () => number } {
  let count = 0;
  const hook: Hook = () => {
    if (count++ >= at) throw new Crash(`crashed at operation ${at}`);
  };
  return { fs: hookedFs(hook), count: () => count };
}

/** An error as the operating system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
