import { setTimeout } from "node:timers/promises";

/** What differs between systems in making sure of a path, so that tests can stand in for another system. */
export interface PathPlatform {
  /** Whether `/proc/self/fd` tells what a descriptor really is (Linux). */
  readonly descriptorPaths: boolean;
  /** Milliseconds since the Unix epoch, on the clock of the file system. */
  now(): number;
  pause(ms: number): Promise<void>;
}

/** The system on which this runs. */
export const thisPlatform: PathPlatform = {
  descriptorPaths: process.platform === "linux",
  now: () => Date.now(),
  pause: (ms) => setTimeout(ms),
};

/** Whether a canonical path may be seen. */
export type IsGranted = (canonical: string) => boolean;

/** What a plugin may see, and the system on which that is looked up. */
export interface View {
  readonly isGranted: IsGranted;
  readonly platform: PathPlatform;
}
