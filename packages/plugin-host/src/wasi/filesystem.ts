import { absentResource } from "./absent-resource.js";

const descriptorMethods =
  "readViaStream writeViaStream appendViaStream advise syncData getFlags getType setSize setTimes read write readDirectory sync createDirectoryAt stat statAt setTimesAt linkAt openAt readlinkAt removeDirectoryAt renameAt symlinkAt unlinkFileAt isSameObject metadataHash metadataHashAt";

/** `wasi:filesystem/types` and `preopens`: no folder is open, so no file can be reached. Plugins ask `novywave:plugins/filesystem`. */
export function filesystem(): { readonly types: object; readonly preopens: object } {
  return {
    types: {
      Descriptor: absentResource(descriptorMethods.split(" ")),
      DirectoryEntryStream: absentResource(["readDirectoryEntry"]),
      filesystemErrorCode: () => undefined,
    },
    preopens: { getDirectories: () => [] },
  };
}
