import { dirname } from "node:path";
import { Argument, Command, Option } from "commander";
import { CommandFailure, exitCodes } from "../../exit.js";
import { interruptible } from "../../interruptible.js";
import { printJson } from "../../output.js";
import { pluginFolder } from "../../plugin-folder.js";

interface Flags {
  readonly json?: true;
}

/** `plugins test [ID]` */
export function testCommand(): Command {
  return new Command("test")
    .description("Run the tests of a plugin: test/**/*.test.ts.")
    .addArgument(
      new Argument("[id]", "a plugin's id or folder; without it, the nearest Plugin.toml upward counts"),
    )
    .addOption(new Option("--json", "print how each test went as JSON"))
    .addHelpText(
      "after",
      `
Tests import vitest and @novywave/plugin-sdk/testing; both come with the program, nothing has to be installed in the
plugin's folder.

Examples:
  novywave plugins test
  novywave plugins test plugins/linter --json`,
    )
    .action(async (id: string | undefined, flags: Flags) => {
      const named = await pluginFolder(id);
      const sdk = await import("@novywave/plugin-sdk");
      const manifest = await sdk.findManifest(named).catch((error: unknown) => {
        throw new CommandFailure("manifest-missing", error instanceof Error ? error.message : String(error));
      });
      const outcome = await interruptible((signal) =>
        sdk.runTests(dirname(manifest), {
          signal,
          ...(!flags.json && { onOutput: (text) => process.stderr.write(text) }),
        }),
      );
      if (!outcome.ok) throw new CommandFailure(outcome.error.code, outcome.error.message);
      if (flags.json) printJson(outcome.value);
      if (!outcome.value.passed) process.exitCode = exitCodes.failed;
    });
}
