import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok, systemClock, toDisposable } from "@novywave/base";
import type { Artifact, InspectedArtifact, PluginInstance, PluginLogRecord } from "@novywave/plugin-host";
import { Command, InvalidArgumentError, Option } from "commander";
import { artifactArgument, artifactHelp, pluginFailure } from "../../artifact-argument.js";
import { interruptible } from "../../interruptible.js";
import { columns, print, printJson, safeText } from "../../output.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly config: Record<string, unknown>;
  readonly json?: true;
}

/** One export that was called. */
interface Step {
  readonly export: string;
  readonly ms: number;
}

/** `plugins smoke ARTIFACT` */
export function smokeCommand(): Command {
  return new Command("smoke")
    .description("Start a plugin once, under all limits, in an empty folder: init, greet, shutdown.")
    .argument("<artifact>", artifactHelp)
    .addOption(workspaceOption())
    .addOption(
      new Option("--config <json>", "the configuration that it gets")
        .argParser(parseConfigOption)
        .default({}, "{}"),
    )
    .addOption(new Option("--json", "print the outcome as JSON"))
    .addHelpText(
      "after",
      "\nThe plugin sees an empty folder and nothing else; what it publishes goes nowhere. A plugin without `greet` gets a tick instead.",
    )
    .action(async (named: string, flags: Flags) => {
      const artifact = await artifactArgument(named, await workspaceFolder(flags.workspace));
      const { inspectArtifact } = await import("@novywave/plugin-host");
      const inspected = inspectArtifact(artifact);
      if (!inspected.ok) throw pluginFailure(inspected.error);
      const outcome = await interruptible((signal) => smoke(artifact, inspected.value, flags.config, signal));
      if (flags.json) {
        printJson(outcome);
        return;
      }
      const { id, version, description, steps, logs, memoryBytes } = outcome;
      print(safeText(`${id} ${version}: ${description}`));
      print(columns(steps.map((step) => ["ok", step.export, `${step.ms.toFixed(1)} ms`])));
      for (const { level, message } of logs) print(safeText(`${level}: ${message}`));
      print(`memory ${(memoryBytes / 1024 / 1024).toFixed(1)} MiB`);
    });
}

interface Outcome {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly world: string;
  readonly steps: readonly Step[];
  readonly logs: readonly Pick<PluginLogRecord, "level" | "message">[];
  readonly memoryBytes: number;
}

async function smoke(
  artifact: Artifact,
  { manifest, world, uses }: InspectedArtifact,
  config: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { createPluginHost, defaultLimits } = await import("@novywave/plugin-host");
  const folder = await realpath(await mkdtemp(join(tmpdir(), "novywave-smoke-")));
  const logs: Pick<PluginLogRecord, "level" | "message">[] = [];
  const host = createPluginHost({
    transport: "process",
    workspace: folder,
    // Nothing ever changes in the empty folder.
    ports: { watch: () => Promise.resolve(ok(toDisposable(() => {}))) },
    clock: systemClock,
    log: () => {},
  });
  signal.addEventListener("abort", () => void host[Symbol.asyncDispose](), { once: true });
  host.logged(({ level, message }) => logs.push({ level, message }));
  try {
    const steps: Step[] = [];
    const started = performance.now();
    const instance = await host.start({
      pluginId: manifest.id,
      artifact,
      manifest,
      config,
      channels: manifest.channels,
      capabilities: uses,
      folders: [folder],
      limits: defaultLimits,
    });
    if (!instance.ok) throw pluginFailure(instance.error);
    steps.push({ export: "init", ms: performance.now() - started });
    steps.push(await callOnce(instance.value));
    const { memoryBytes } = instance.value.stats;
    const ending = performance.now();
    await instance.value.shutdown();
    steps.push({ export: "shutdown", ms: performance.now() - ending });
    if (instance.value.failure !== undefined && instance.value.failure.code !== "cancelled")
      throw pluginFailure(instance.value.failure);
    const { version, description } = instance.value.metadata;
    return { id: manifest.id, version, description, world, steps, logs, memoryBytes };
  } finally {
    await host[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

async function callOnce(instance: PluginInstance): Promise<Step> {
  const started = performance.now();
  const [name, answer] = instance.greet
    ? (["greet", await instance.greet()] as const)
    : (["handle-event", await instance.handleEvent({ tag: "tick" })] as const);
  if (!answer.ok) throw pluginFailure(answer.error);
  return { export: name, ms: performance.now() - started };
}

function parseConfigOption(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"greeting": "you"}.');
}
