import { realpathSync } from "node:fs";
import { basename, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "@jridgewell/sourcemap-codec";
import { positionsVariable, type SourcePositions } from "../guest/source-positions.js";

const sdkFolder = fileURLToPath(new URL("../../dist/", import.meta.url));

/**
 * What a component has to know of the bundler's map to tell its author's files and lines.
 *
 * @param outFolder the folder that the map's sources are relative to
 */
export function sourcePositions(
  map: { readonly sources: readonly string[]; readonly mappings: string },
  outFolder: string,
  pluginFolder: string,
): SourcePositions {
  const files = map.sources.map((source) => nameOf(resolve(outFolder, source), realpathSync(pluginFolder)));
  const lines = decode(map.mappings).map((segments) => {
    const triples: number[] = [];
    for (const [column, file, line] of segments) {
      if (file === undefined || line === undefined) continue;
      if (triples.at(-2) === file && triples.at(-1) === line + 1) continue;
      triples.push(column, file, line + 1);
    }
    return triples;
  });
  return { files, lines };
}

/** No path of the machine becomes part of an artifact: what the build itself adds lies in neither folder. */
function nameOf(file: string, pluginFolder: string): string {
  const inSdk = relative(sdkFolder, file).split(sep);
  if (inSdk[0] !== "..") return ["@novywave/plugin-sdk", ...inSdk].join("/");
  const inPlugin = relative(pluginFolder, file).split(sep);
  return inPlugin[0] === ".." ? basename(file) : inPlugin.join("/");
}

/** Code for the end of the module, where it moves no line. */
export function positionsCode(positions: SourcePositions): string {
  return `globalThis.${positionsVariable} = ${JSON.stringify(JSON.stringify(positions))};\n`;
}
