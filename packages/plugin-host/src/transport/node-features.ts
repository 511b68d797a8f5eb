const major = Number(process.versions.node.split(".")[0]);

/** Node 20 has extended constant expressions of WebAssembly behind a flag. */
export const needsExtendedConst = major < 22;

/** The flag that switches the permission model on in this version of Node, if it has one. */
export const permissionFlag: string | undefined = ["--permission", "--experimental-permission"].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
);
