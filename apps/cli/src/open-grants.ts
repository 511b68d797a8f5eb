import type { GrantStore } from "@novywave/plugin-host";
import { CommandFailure } from "./exit.js";
import type { UserFolders } from "./user-folders.js";

/** What this user approved. Throws {@link CommandFailure} if the file cannot be used. */
export async function openGrants(folders: UserFolders): Promise<GrantStore> {
  const { GrantStore: Store } = await import("@novywave/plugin-host");
  try {
    return await Store.open(folders.config);
  } catch (error) {
    throw await grantFailure(error);
  }
}

/** The failure for an error of the store; any other error is handed back as it is. */
export async function grantFailure(error: unknown): Promise<unknown> {
  const { GrantStoreError } = await import("@novywave/plugin-host");
  return error instanceof GrantStoreError ? new CommandFailure("grants", error.message) : error;
}
