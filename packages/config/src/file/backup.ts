import { dirname } from "node:path";
import { err, ok, type Result } from "@novywave/base";
import type { ConfigError } from "../schema/error.js";
import { errorCode, ioError, type ConfigFs } from "./host.js";
import { hashOf, readFileState } from "./read.js";
import { createFile, syncFolder } from "./replace.js";

const MAX_BACKUPS = 100;

/**
 * Keeps `bytes`, the content of version `version`, beside `target` as `<target>.v0.bak`. A file of that name with other
 * bytes is never overwritten: then the name gets a number, `.v0.2.bak`. Returns the path.
 */
export async function keepBackup(
  fs: ConfigFs,
  target: string,
  version: number,
  bytes: Uint8Array,
  mode: number,
): Promise<Result<string, ConfigError>> {
  for (let number = 1; number <= MAX_BACKUPS; number++) {
    const path = `${target}.v${version}${number === 1 ? "" : `.${number}`}.bak`;
    try {
      await createFile(fs, path, bytes, mode);
      await syncFolder(fs, dirname(path));
      return ok(path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") return err(ioError(`write ${path}`, error));
    }
    const existing = await readFileState(fs, path);
    if (existing.ok && existing.value.kind === "file" && existing.value.hash === hashOf(bytes))
      return ok(path);
  }
  return err({
    code: "io",
    message: `there are ${MAX_BACKUPS} backups ${target}.v${version}.*.bak already; remove some`,
  });
}
