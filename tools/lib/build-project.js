import { buildSteps } from "./build-steps.js";
import { nodeTooOld } from "./node-version.js";
import { at } from "./paths.js";
import { BuildError, bringUpToDate } from "./up-to-date.js";

/**
 * Builds what is stale, or ends the process with a message that says what failed.
 * @returns {Promise<string[]>} the steps that ran
 */
export async function buildProject() {
  const complaint = nodeTooOld(process.versions.node);
  if (complaint !== undefined) giveUp(complaint);
  try {
    return await bringUpToDate({
      steps: buildSteps,
      stampFile: at(".cache/build.json"),
      say: (text) => console.error(text),
    });
  } catch (error) {
    if (error instanceof BuildError) giveUp(error.message);
    throw error;
  }
}

function giveUp(message) {
  console.error(message);
  process.exit(1);
}
