import { readUnsigned } from "./component-sections.js";

/** What made an artifact, e.g. `{ field: "processed-by", name: "wit-component", version: "0.219.1" }`. */
export interface Producer {
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

const maxProducers = 256;

/** Reads the custom section `producers` (tool conventions, `ProducersSection.md`); empty for one that is malformed. */
export function readProducers(contents: Uint8Array): readonly Producer[] {
  const producers: Producer[] = [];
  let at = 0;
  const count = (): number | undefined => {
    const read = readUnsigned(contents, at);
    if (read) at = read.next;
    return read?.value;
  };
  const text = (): string | undefined => {
    const length = count();
    if (length === undefined || at + length > contents.length) return undefined;
    at += length;
    return new TextDecoder().decode(contents.subarray(at - length, at));
  };
  const fields = count() ?? 0;
  for (let field = 0; field < fields; field++) {
    const fieldName = text();
    const values = count();
    if (fieldName === undefined || values === undefined) return [];
    for (let value = 0; value < values; value++) {
      const name = text();
      const version = text();
      if (name === undefined || version === undefined || producers.length >= maxProducers) return [];
      producers.push({ field: fieldName, name, version });
    }
  }
  return producers;
}
