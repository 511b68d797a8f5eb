import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** Processes that `pid` started and that run. */
export async function childProcessesOf(pid: number): Promise<readonly number[]> {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return lines.flatMap((line) => {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      return child !== undefined && parent === pid ? [child] : [];
    });
  }
  const all = (await readdir("/proc")).map(Number).filter(Number.isSafeInteger);
  const children = await Promise.all(
    all.map(async (child) => {
      // The name of the program, in parentheses, can hold anything.
      const status = (await readFile(`/proc/${child}/stat`, "utf8").catch(() => "")).split(")").at(-1) ?? "";
      const [, state, parent] = status.split(" ");
      return Number(parent) === pid && state !== "Z" ? [child] : [];
    }),
  );
  return children.flat();
}
