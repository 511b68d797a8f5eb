import path from "node:path";

/** Tells whether a path is one of `paths` or lies below one of them. All are absolute and canonical. */
export function below(paths: Iterable<string>): (file: string) => boolean {
  const named = new Set(paths);
  return (file) => {
    for (let at = file; ; at = path.dirname(at)) {
      if (named.has(at)) return true;
      if (at === path.dirname(at)) return false;
    }
  };
}
