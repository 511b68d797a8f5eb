import { Command, Option } from "commander";
import type { Check } from "../doctor/check.js";
import {
  checkAddressSpace,
  checkBrowser,
  checkInotify,
  checkShippedPlugins,
  checkUserFolders,
} from "../doctor/machine-checks.js";
import {
  checkExtendedConst,
  checkNode,
  checkPermissionModel,
  hasExtendedConst,
} from "../doctor/node-checks.js";
import { exitCodes } from "../exit.js";
import { columns, print, printJson } from "../output.js";
import type { CommandContext } from "../command-context.js";

const marks = { ok: "ok", warning: "warning", failed: "FAILED" } as const;

/** `doctor [--json]` */
export function doctorCommand({ folders }: CommandContext): Command {
  return new Command("doctor")
    .description("Look at this machine and say what NovyWave will miss.")
    .addOption(new Option("--json", "print the checks as JSON"))
    .action(async ({ json }: { json?: true }) => {
      const version = process.versions.node;
      const checks: Check[] = [
        checkNode(version, Date.now()),
        checkPermissionModel(version, process.allowedNodeEnvironmentFlags),
        checkExtendedConst(hasExtendedConst()),
        checkBrowser(),
        ...(await checkUserFolders(folders)),
        ...(await checkShippedPlugins()),
        ...(await checkInotify()),
        ...(await checkAddressSpace()),
      ];
      const failed = checks.some((check) => check.state === "failed");
      if (json) printJson({ ok: !failed, checks });
      else print(columns(checks.map(({ name, state, message }) => [marks[state], name, message])));
      if (failed) process.exitCode = exitCodes.failed;
    });
}
