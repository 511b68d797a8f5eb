import { readdirSync, readFileSync } from "node:fs";

/** What a process holds of the machine. */
export interface ProcessUse {
  readonly descriptors: number;
  readonly threads: number;
  readonly residentMib: number;
}

/** From `/proc`, so on Linux only. */
export function processUse(pid: number): ProcessUse {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    residentMib: Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024,
  };
}

/** The same, once descriptors and threads stay the same for a while: what ends takes a moment. */
export async function settledUse(pid: number): Promise<ProcessUse> {
  let use = processUse(pid);
  for (let same = 0; same < 6;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = processUse(pid);
    same = now.descriptors === use.descriptors && now.threads === use.threads ? same + 1 : 0;
    use = now;
  }
  return use;
}
