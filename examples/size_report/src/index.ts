import { definePlugin, filesystem, log, watch } from "@novywave/plugin-sdk/guest";
import { report } from "./report.js";

let directory = ".";

function measure(): string {
  const { paths } = filesystem.findFiles({ directory, extensions: ["vcd", "fst", "ghw"] });
  const { summary, largest } = report(paths.map((path) => filesystem.readMetadata(path)));
  if (largest !== undefined) log.info(`${summary}; the largest is ${largest}`);
  return summary;
}

export const lifecycle = definePlugin({
  init(config) {
    directory = config.string("directory", ".");
    watch.subscribe([directory], 500);
    return measure();
  },
  handleEvent(event) {
    if (event.tag === "filesystem-change") measure();
  },
});
