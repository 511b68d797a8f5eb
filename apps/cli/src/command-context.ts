import type { UserFolders } from "./user-folders.js";

/** What commands get from the outside. */
export interface CommandContext {
  readonly folders: UserFolders;
  /** What `serve` opens when nothing is named. */
  readonly defaultTarget: string;
}
