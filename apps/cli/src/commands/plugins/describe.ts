import { Command, Option } from "commander";
import { artifactArgument, artifactHelp, pluginFailure } from "../../artifact-argument.js";
import { columns, formatSize, print, printJson, safeText } from "../../output.js";
import { shippedArtifacts } from "../../shipped-artifacts.js";
import { workspaceFolder, workspaceOption } from "../../workspace-option.js";

interface Flags {
  readonly workspace: string;
  readonly json?: true;
}

/** `plugins describe ARTIFACT` */
export function describeCommand(): Command {
  return new Command("describe")
    .description("Show what an artifact imports, exports and asks for. Runs none of it.")
    .argument("<artifact>", artifactHelp)
    .addOption(workspaceOption())
    .addOption(new Option("--json", "print the description as JSON"))
    .action(async (named: string, flags: Flags) => {
      const artifact = await artifactArgument(named, await workspaceFolder(flags.workspace));
      const { inspectArtifact } = await import("@novywave/plugin-host");
      const inspected = inspectArtifact(artifact);
      if (!inspected.ok) throw pluginFailure(inspected.error);
      const { manifest, world, imports, exports, wit, producers, requests } = inspected.value;
      const shipped = (await shippedArtifacts()).isShipped(artifact.sha256);
      const { path, size, sha256 } = artifact;
      if (flags.json) {
        printJson({
          path,
          size,
          sha256,
          shipped,
          world,
          imports,
          exports,
          wit,
          producers,
          manifest,
          requests,
        });
        return;
      }
      const rows: [string, string][] = [
        ["Artifact", path],
        ["Size", `${formatSize(size)} (${size} bytes)`],
        ["SHA-256", `${sha256}${shipped ? " (ships with NovyWave)" : ""}`],
        ["Plugin", `${manifest.id} ${manifest.version}`],
        ["About", manifest.description],
        ["Authors", manifest.authors.join(", ")],
        ["License", manifest.license],
        ...producers.map(({ field, name, version }): [string, string] => [
          "Producer",
          `${field} ${name} ${version}`.trim(),
        ]),
        ...manifest.capabilities.map(({ name, reason }): [string, string] => [
          "Asks for",
          `${name}: ${reason}`,
        ]),
        ...manifest.channels.map((channel): [string, string] => ["Channel", channel]),
      ];
      print(
        safeText(
          columns(rows.filter(([, value]) => value !== "").map(([label, value]) => [`${label}:`, value])),
        ),
      );
      print(`\n${safeText(wit.trimEnd())}`);
    });
}
