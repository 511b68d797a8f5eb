import { z } from "zod";

// What the child sends is hostile: what no guest can send is refused. Texts are as long as a guest makes them, up to what it
// may lift; what is too long for its purpose is told where it is used. Lists are bounded.

const text = (max: number) => z.string().max(max);
const pathText = z.string();
const pathList = z.array(pathText).max(1_000_000);
const u32 = z.int().min(0).max(0xffff_ffff);
const u64 = z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn);

const findQuery = z.object({
  directory: pathText,
  extensions: z.array(z.string()).max(256),
  globs: z.array(z.string()).max(32),
  exclude: z.array(z.string()).max(32),
  maxDepth: u32.optional(),
  cursor: z.string().optional(),
  limit: u32,
});

const configData = z.array(z.object({ key: text(16_384), value: text(16 * 1024 * 1024) })).max(100_000);

const pluginEvent = z.discriminatedUnion("tag", [
  z.object({ tag: z.literal("discovery"), val: z.object({ pluginId: z.string(), discovered: pathList }) }),
  z.object({ tag: z.literal("log"), val: z.string() }),
  z.object({ tag: z.literal("refresh-timeline"), val: pathList }),
]);

/** Arguments of every host function, by interface and function. */
export const argumentSchemas = {
  logging: { log: z.tuple([z.enum(["trace", "debug", "info", "warn", "error"]), z.string()]) },
  filesystem: {
    "list-dir": z.tuple([pathText]),
    "read-metadata": z.tuple([pathText]),
    "find-files": z.tuple([findQuery]),
  },
  watch: { subscribe: z.tuple([z.array(pathText).max(10_000), u32]), unsubscribe: z.tuple([u64]) },
  relay: { publish: z.tuple([z.string(), pluginEvent]) },
  config: { get: z.tuple([]) },
  timer: { "schedule-tick": z.tuple([u32]) },
  /** No interface of the contract: what stands behind the files of WASI. */
  "file-contents": {
    folders: z.tuple([]),
    stat: z.tuple([pathText]),
    list: z.tuple([pathText]),
    read: z.tuple([pathText, u64, u64, u64]),
  },
  /** No import of a guest: lines that it wrote to WASI's output streams. */
  stdio: { "write-line": z.tuple([z.enum(["stdout", "stderr"]), text(16_384)]) },
} as const;

/** What `init` answers. */
export const pluginMetadataSchema = z.object({
  version: text(256),
  description: text(16_384),
  capabilities: z.array(text(256)).max(256),
  configSchema: text(1024 * 1024).optional(),
});

/** The error of an export. */
export const pluginErrorSchema = z.discriminatedUnion("tag", [
  z.object({ tag: z.literal("invalid-config"), val: text(1024 * 1024) }),
  z.object({ tag: z.literal("io"), val: text(1024 * 1024) }),
  z.object({ tag: z.literal("failed"), val: text(1024 * 1024) }),
]);

export { configData as configDataSchema };
export type FindQueryArgument = z.infer<typeof findQuery>;
