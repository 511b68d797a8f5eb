import { EngineError } from "../errors.js";
import { defaultLimits } from "../limits.js";
import { Reader } from "./reader.js";
import type { CustomSection } from "./syntax.js";

/** Something that took part in making a component: a language, a tool, an SDK. */
export interface Producer {
  /** `language`, `processed-by` or `sdk`. */
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/**
 * The name that a component gives itself, in its custom section `component-name`. Such sections are notes: one that cannot be
 * read counts as absent. Source: component-model, design/mvp/Binary.md, "Name Section".
 */
export function componentName(component: {
  readonly customSections: readonly CustomSection[];
}): string | undefined {
  return readNote(component.customSections, "component-name", (reader) => {
    while (!reader.done) {
      const id = reader.byte();
      const body = reader.slice(reader.u32(), "subsection");
      if (id === 0) return body.name();
    }
    return undefined;
  });
}

/** Who made a component, by its custom section `producers`. Source: WebAssembly/tool-conventions, ProducersSection.md. */
export function producersOf(component: {
  readonly customSections: readonly CustomSection[];
}): readonly Producer[] {
  const found = readNote(component.customSections, "producers", (reader) =>
    reader.vec(() => {
      const field = reader.name();
      return reader.vec((): Producer => {
        const name = reader.name();
        return { field, name, version: reader.name() };
      });
    }),
  );
  return found?.flat() ?? [];
}

function readNote<T>(
  sections: readonly CustomSection[],
  name: string,
  read: (reader: Reader) => T,
): T | undefined {
  const section = sections.find((item) => item.name === name);
  if (section === undefined) return undefined;
  try {
    return read(new Reader(section.bytes, defaultLimits));
  } catch (thrown) {
    if (thrown instanceof EngineError) return undefined;
    throw thrown;
  }
}
