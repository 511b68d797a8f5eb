/**
 * A property of the object or of its class, but not what every object has or every function has (`toString`, `constructor`,
 * `call`).
 */
export function property(holder: object, key: string): unknown {
  let object: object | null = holder;
  while (object !== null && object !== Object.prototype && object !== Function.prototype) {
    if (Object.hasOwn(object, key) && (key !== "constructor" || object === holder)) {
      return Reflect.get(object, key, holder) as unknown;
    }
    object = Object.getPrototypeOf(object) as object | null;
  }
  return undefined;
}
