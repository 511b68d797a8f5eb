const major = Number(process.versions.node.split(".")[0]);

/** The flag that switches the permission model on in this version of Node, if it has one. */
export const permissionFlag: string | undefined = ["--permission", "--experimental-permission"].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
);

/** Where Node has SQLite, it reads and writes files whatever the permission model says; this takes it away. */
export const sqliteFlags: readonly string[] = process.allowedNodeEnvironmentFlags.has("--experimental-sqlite")
  ? ["--no-experimental-sqlite"]
  : [];

/** Node 20 writes trace events into the working directory whatever the permission model says; the null device takes them. */
export const traceFlags: readonly string[] =
  major < 22 && process.platform !== "win32" ? ["--trace-event-file-pattern=/dev/null"] : [];
