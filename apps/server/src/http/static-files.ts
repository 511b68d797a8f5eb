import fs from "node:fs/promises";
import path from "node:path";
import { isInside } from "../workspace.js";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Its name carries a hash of its content, so it never changes. */
  readonly immutable: boolean;
}

/**
 * The file that `urlPath` (still percent-encoded) names below `folder`. Undefined for everything else: what does not
 * exist, is no regular file, or leads out of the folder by dots, backslashes, encodings or links.
 */
export async function readStaticFile(folder: string, urlPath: string): Promise<StaticFile | undefined> {
  const decoded = decode(urlPath);
  if (decoded === undefined) return undefined;
  const segments = decoded.split("/").slice(1);
  if (segments.some((segment) => segment === ".." || segment === "." || segment.startsWith(".")))
    return undefined;
  const named = path.join(folder, ...segments, segments.at(-1) === "" ? "index.html" : "");
  try {
    const root = await fs.realpath(folder);
    const file = await fs.realpath(named);
    if (!isInside(file, root) || !(await fs.stat(file)).isFile()) return undefined;
    const contentType = contentTypes[path.extname(file).toLowerCase()] ?? "application/octet-stream";
    return {
      bytes: new Uint8Array(await fs.readFile(file)),
      contentType,
      immutable: segments[0] === "assets",
    };
  } catch {
    return undefined;
  }
}

function decode(urlPath: string): string | undefined {
  try {
    const decoded = decodeURIComponent(urlPath);
    return decoded.startsWith("/") && !/[\0\\]/.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
