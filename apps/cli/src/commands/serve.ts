import { Argument, Command, Option } from "commander";
import { CommandFailure } from "../exit.js";
import { uiFolder } from "../installation.js";
import { openBrowser } from "../open-browser.js";
import { note, print, safeText } from "../output.js";
import { removePageFile } from "../page-file.js";
import { collect, parsePort } from "../parse-option.js";
import type { CommandContext } from "../command-context.js";
import { serveTarget, type ServeTarget } from "../serve-target.js";
import { shippedArtifacts } from "../shipped-artifacts.js";

interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly allowHost: readonly string[];
  readonly allowDir: readonly string[];
  readonly allowRoot?: true;
  readonly open: boolean;
  readonly json?: true;
  readonly safeMode?: true;
  readonly trustWorkspace?: true;
  readonly log?: string;
}

/** How a server that runs is reached. */
interface Reachable {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly pid: number;
}

/** `serve [FOLDER|FILE]` */
export function serveCommand(context: CommandContext): Command {
  return new Command("serve")
    .description("Open a folder of waveforms, or one waveform, in the browser.")
    .addArgument(
      new Argument(
        "[path]",
        "a folder, or a waveform file: its folder is opened without looking for others",
      ).default(context.defaultTarget, "the current folder"),
    )
    .addOption(
      new Option("--port <number>", "listen on this port")
        .argParser(parsePort)
        .default(undefined, "a free one"),
    )
    .addOption(new Option("--no-open", "do not open the browser"))
    .addOption(new Option("--host <address>", "listen on this address instead of 127.0.0.1"))
    .addOption(
      new Option("--allow-host <name>", "answer under this host name too (behind a proxy); may be repeated")
        .argParser(collect)
        .default([], "local names only"),
    )
    .addOption(
      new Option(
        "--allow-dir <folder>",
        "let plugins read this folder outside of the workspace; may be repeated",
      )
        .argParser(collect)
        .default([], "none"),
    )
    .addOption(new Option("--allow-root", "let --allow-dir name the whole file system"))
    .addOption(
      new Option("--trust-workspace", "run the plugins that .novywave names, this once, without asking"),
    )
    .addOption(new Option("--safe-mode", "run no plugins"))
    .addOption(new Option("--log <file>", "write the log there instead of the user's state folder"))
    .addOption(
      new Option("--json", "print {url, token, port, pid} as the first line, once requests are answered"),
    )
    .addHelpText(
      "after",
      `
Examples:
  novywave serve                           every waveform in the current folder
  novywave serve run.vcd                   this one, and no search for others
  novywave serve . --port 8080 --no-open   on a machine that you reach with ssh -L 8080:127.0.0.1:8080

The address holds a token: whoever has it acts as you do. A second serve of the same folder opens the first.`,
    )
    .action((path: string, flags: ServeFlags) => serve(path, flags, context));
}

async function serve(path: string, flags: ServeFlags, { folders }: CommandContext): Promise<void> {
  const target = await serveTarget(path);
  // Loaded late: no other command needs the server.
  const { findRunningServer, ServerStartError, startServer } = await import("@novywave/server");
  const running = await findRunningServer(target.path, folders.runtime);
  if (running !== undefined) {
    const { port, token, pid, host } = running;
    const url = pageUrl(host, port, token);
    announce(
      { url, token, port, pid },
      flags,
      `${safeText(target.path)} is open already, in process ${pid}:`,
    );
    if (flags.open) await show({ url, token, port, pid }, folders.runtime);
    return;
  }
  const server = await startServer({
    target,
    port: flags.port ?? 0,
    ...(flags.host === undefined ? {} : { host: flags.host }),
    allowHosts: flags.allowHost,
    allowDirs: flags.allowDir,
    allowRoot: flags.allowRoot === true,
    uiFolder: uiFolder(),
    builtins: await shippedArtifacts(),
    userFolders: folders,
    trustWorkspace: flags.trustWorkspace === true,
    safeMode: flags.safeMode === true,
    ...(flags.log === undefined ? {} : { logFile: flags.log }),
  }).catch((error: unknown) => {
    if (error instanceof ServerStartError) throw new CommandFailure(error.code, sentence(error.message));
    throw error;
  });
  stopOnSignals(() => server.stop());
  process.once("exit", () => removePageFile(folders.runtime, server.pid));
  announce(server, flags, `NovyWave shows ${safeText(describe(target))}:`);
  if (!flags.json) note("Press Ctrl-C to stop.");
  if (flags.open) await show(server, folders.runtime);
}

function announce(server: Reachable, flags: ServeFlags, headline: string): void {
  const { url, token, port, pid } = server;
  if (flags.json) print(JSON.stringify({ url, token, port, pid }));
  else print(`${headline}\n  ${url}`);
}

/** Opens the browser. The address stands above already, for whoever has to do it by hand. */
async function show(page: Reachable, runtimeFolder: string): Promise<void> {
  const opened = await openBrowser(page, runtimeFolder).catch((error: unknown) => ({
    ok: false as const,
    reason: `The page that opens it cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
  }));
  if (opened.ok) return;
  note(`No browser was opened. ${opened.reason} Open the address in one yourself.`);
  if (process.env["SSH_CONNECTION"])
    note(`From the machine that you sit at: ssh -L ${page.port}:127.0.0.1:${page.port} <this machine>`);
}

function pageUrl(address: string, port: number, token: string): string {
  const host = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/#token=${token}`;
}

function describe(target: ServeTarget): string {
  return target.kind === "folder" ? `the waveforms in ${target.path}` : target.path;
}

/** The first signal stops the server in order; a second one ends the process at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130);
    stopping = true;
    if (signal === "SIGINT" && process.stderr.isTTY) note("\nStopping …");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        note(`novywave: the server did not stop in order: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => onSignal(signal));
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?]$/u.test(message) ? "" : ".");
}
