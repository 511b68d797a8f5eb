// The types of the contract's functions, as `signature` writes them. `contract-signatures.test.ts` compares them with
// plugins/wit and prints the table to put here when they differ.

/** By interface and function, names as in WIT. */
export const contractSignatures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  config: {
    get: "() -> list<{key: string, value: string}>",
  },
  filesystem: {
    "list-dir":
      "(directory: string) -> result<list<{path: string, kind: enum(file | directory)}>, variant(not-found | not-a-directory | invalid-path(string) | not-readable | limit-reached(string) | io(string))>",
    "read-metadata":
      "(path: string) -> result<{path: string, kind: enum(file | directory), size: u64, modified: {seconds: u64, nanoseconds: u32}}, variant(not-found | not-a-directory | invalid-path(string) | not-readable | limit-reached(string) | io(string))>",
    "find-files":
      "(query: {directory: string, extensions: list<string>, globs: list<string>, exclude: list<string>, max-depth: option<u32>, cursor: option<string>, limit: u32}) -> result<{paths: list<string>, next: option<string>, notes: list<string>}, variant(not-found | not-a-directory | invalid-path(string) | not-readable | limit-reached(string) | io(string))>",
  },
  logging: {
    log: "(level: enum(trace | debug | info | warn | error), message: string)",
  },
  relay: {
    publish:
      "(channel: string, event: variant(discovery({plugin-id: string, discovered: list<string>}) | log(string) | refresh-timeline(list<string>))) -> result<_, variant(channel-denied(string) | invalid-payload(string) | limit-reached(string))>",
  },
  timer: {
    "schedule-tick": "(delay-ms: u32) -> result<_, variant(limit-reached(string))>",
  },
  watch: {
    subscribe:
      "(directories: list<string>, debounce-ms: u32) -> result<u64, variant(not-found(string) | limit-reached(string) | io(string))>",
    unsubscribe: "(subscription-id: u64)",
  },
  lifecycle: {
    init: "(config: list<{key: string, value: string}>) -> result<{version: string, description: string, capabilities: list<string>, config-schema: option<string>}, variant(invalid-config(string) | io(string) | failed(string))>",
    "handle-event":
      "(event: variant(tick | filesystem-change({subscription-id: u64, paths: list<string>}) | config-updated(list<{key: string, value: string}>))) -> result<_, variant(invalid-config(string) | io(string) | failed(string))>",
    shutdown: "()",
  },
  smoke: {
    init: "(config: list<{key: string, value: string}>) -> result<{version: string, description: string, capabilities: list<string>, config-schema: option<string>}, variant(invalid-config(string) | io(string) | failed(string))>",
    greet: "()",
    shutdown: "()",
  },
};
