const minute = 60_000;

/**
 * Tells a person who waits that a step runs: on a terminal in a line that follows what the step writes, elsewhere (the log
 * of a CI machine) in a line at the start and one each minute.
 *
 * @param {string} title
 * @param {{ stream?: NodeJS.WriteStream, now?: () => number }} [options]
 */
export function stepLine(title, { stream = process.stdout, now = Date.now } = {}) {
  const started = now();
  let latest = "";
  const elapsed = () => `${Math.floor((now() - started) / 1000)} s`;
  const draw = () => {
    const line = `...     ${title.padEnd(14)} ${elapsed().padStart(8)}  ${latest}`;
    if (stream.isTTY) stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1).trimEnd()}`);
    else stream.write(`${line.trimEnd()}\n`);
  };
  draw();
  const timer = setInterval(draw, stream.isTTY ? 1000 : minute);
  return {
    /** Takes what the step writes; its last line is shown. */
    onOutput(chunk) {
      // oxlint-disable-next-line no-control-regex -- colours
      const text = String(chunk).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
      const line = text
        .split(/[\r\n]/)
        .map((part) => part.trim())
        .findLast((part) => part !== "");
      if (line !== undefined) latest = line;
    },
    /** Wipes the line away; nothing is written from then on. */
    end() {
      clearInterval(timer);
      if (stream.isTTY) stream.write("\r\x1b[2K");
    },
  };
}
