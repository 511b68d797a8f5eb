import { absentResource } from "./absent-resource.js";
import { monotonicClock, wallClock } from "./clocks.js";
import { filesystem } from "./filesystem.js";
import { poll, Pollable } from "./poll.js";
import { WasiExit, type WasiFiles, type WasiPorts } from "./ports.js";
import { random } from "./random.js";
import { InputStream, IoError, LineBuffer, OutputStream } from "./streams.js";

/** WASI as one plugin gets it. */
export interface Wasi {
  /** By full name of the interface, for the component engine. */
  readonly imports: Readonly<Record<string, object>>;
  /** Tells what was written and not ended by a line's end. For the end of each call. */
  flush(): void;
}

const version = "0.2.12";

function exit(code: number): never {
  throw new WasiExit(code);
}

/**
 * WASI 0.2 for guests whose toolchain imports it, whatever they do: no environment, no arguments, no files but `files`, a closed
 * stdin; what
 * is written to stdout and stderr becomes lines of the plugin's log; clocks and random numbers work; `exit` is a trap. Sockets
 * and http are not there at all. Interfaces and types as in the WASI 0.2 packages `io`, `cli`, `clocks`, `random`, `filesystem`.
 */
export function createWasi(ports: WasiPorts, files?: WasiFiles): Wasi {
  const stdout = new LineBuffer((line) => ports.writeLine("stdout", line));
  const stderr = new LineBuffer((line) => ports.writeLine("stderr", line));
  const folders = filesystem(ports, files);
  const chance = random(ports);
  const interfaces: Record<string, object> = {
    "io/error": { Error: IoError },
    "io/poll": { Pollable, poll: (pollables: readonly Pollable[]) => poll(ports, pollables) },
    "io/streams": { InputStream, OutputStream },
    "cli/environment": { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined },
    "cli/exit": {
      exit: (status: { readonly tag: "ok" | "err" }) => exit(status.tag === "ok" ? 0 : 1),
      exitWithCode: exit,
    },
    "cli/stdin": { getStdin: () => new InputStream(ports) },
    "cli/stdout": { getStdout: () => new OutputStream(ports, stdout) },
    "cli/stderr": { getStderr: () => new OutputStream(ports, stderr) },
    "cli/terminal-input": { TerminalInput: absentResource() },
    "cli/terminal-output": { TerminalOutput: absentResource() },
    "cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "cli/terminal-stderr": { getTerminalStderr: () => undefined },
    "clocks/monotonic-clock": monotonicClock(ports),
    "clocks/wall-clock": wallClock(ports),
    "random/random": chance.random,
    "random/insecure": chance.insecure,
    "random/insecure-seed": chance.seed,
    "filesystem/types": folders.types,
    "filesystem/preopens": folders.preopens,
  };
  return {
    imports: Object.fromEntries(
      Object.entries(interfaces).map(([name, value]) => [`wasi:${name}@${version}`, value]),
    ),
    flush() {
      stdout.flush();
      stderr.flush();
    },
  };
}
