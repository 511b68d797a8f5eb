import type { LinkedInterface } from "../wire/messages.js";
import { hostFiles } from "../wasi/host-files.js";
import { systemPorts } from "../wasi/system-ports.js";
import { createWasi, type Wasi } from "../wasi/wasi.js";
import { answered, type HostCall } from "./host-call.js";

/** WASI for a guest: its lines are told to the server, and it opens files where that was granted. */
export function guestWasi(links: readonly LinkedInterface[], hostCall: HostCall): Wasi {
  const ask = (name: string, ...args: unknown[]): unknown => answered(hostCall("file-contents", name, args));
  const reads = links.some((link) => link.interface === "file-contents");
  return createWasi(
    systemPorts((stream, line) => void hostCall("stdio", "write-line", [stream, line])),
    reads ? hostFiles(ask) : undefined,
  );
}
