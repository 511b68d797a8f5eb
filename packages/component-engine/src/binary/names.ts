import { invalid, unsupported, type EngineError } from "../errors.js";
import { parseMemberName, type MemberName } from "../names.js";
import type { Reader } from "./reader.js";

/** The names of component-model, design/mvp/Explainer.md, "Import and Export Definitions". */

const word = "(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)";
const nextWord = "(?:[a-z0-9]+|[A-Z0-9]+)";
const label = `${word}(?:-${nextWord})*`;
const labelPattern = new RegExp(`^${label}$`);
const notCanonical = /[A-Z-]/;
const lowerLabel = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
const interfacePattern = new RegExp(`^(${lowerLabel}:${lowerLabel})/(${label})(?:@(.*))?$`, "s");
const nestedPattern = new RegExp(`^${lowerLabel}(?::${lowerLabel})+(?:/${label})+(?:@.*)?$`, "s");
const identifiers = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
const semver = `(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*)){2}(?:-${identifiers}(?:\\.${identifiers})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const semverPattern = new RegExp(`^${semver}$`);
const canonicalVersion = /^(?:[1-9][0-9]*|0\.[1-9][0-9]*|0\.0\.(?:0|[1-9][0-9]*))$/;

const labelForm: ExternNameForm = { kind: "label" };

/** Longer names are refused: no tool writes them, and patterns are matched against them. */
const maxNameLength = 1_000;

/** What the name of an import or export says. */
export type ExternNameForm = { readonly kind: "label" } | MemberName | { readonly kind: "interface" };

/** The name of an import or export, with its attributes. */
export interface ExternName {
  readonly name: string;
  readonly form: ExternNameForm;
  /** Two names with the same key cannot stand beside each other ("strongly-unique"). */
  readonly key: string;
  /** The interface that an instance under a plain name implements. */
  readonly implements?: string;
  /** What was cut from the version, of the interface that is implemented if there is one. */
  readonly versionSuffix?: string;
}

/** Words and hyphens do not tell names apart, nor does case: `a-b`, `AB` and `ab` are one name. */
export function canonicalLabel(name: string): string {
  return notCanonical.test(name) ? name.replaceAll("-", "").toLowerCase() : name;
}

/** The label of `what` in kebab case: words of one case, joined by single hyphens. */
export function readLabel(reader: Reader, what: string): string {
  const name = reader.name();
  if (name.length > maxNameLength || !labelPattern.test(name)) {
    throw invalid(`the ${what} ${quoteName(name)} is not in kebab case`, reader.start);
  }
  return name;
}

/** The name of an import or export with its attributes; the form byte comes first. */
export function readExternName(reader: Reader): ExternName {
  const attributed = reader.oneOf("form of a name", nameForms);
  const name = reader.name();
  const { start } = reader;
  const attributes = attributed ? readAttributes(reader) : {};
  const { implements: implemented, versionSuffix } = attributes;
  const ownSuffix = implemented === undefined ? versionSuffix : undefined;
  const parsed = parseExternName(name, ownSuffix);
  if (parsed === undefined) throw refusedName(name, ownSuffix, start);
  if (implemented !== undefined) checkImplemented(implemented, versionSuffix, start);
  return { name, ...parsed, ...attributes };
}

/** Whether attributes follow. */
const nameForms = [false, false, true];

interface Attributes {
  implements?: string;
  versionSuffix?: string;
  externalId?: string;
}

const attributeNames = ["implements", "versionSuffix", "externalId"] as const;

function readAttributes(reader: Reader): Attributes {
  const attributes: Attributes = {};
  for (let left = reader.count(); left > 0; left--) {
    const attribute = reader.oneOf("attribute of a name", attributeNames);
    if (attributes[attribute] !== undefined) throw reader.malformed("a name has an attribute twice");
    attributes[attribute] = reader.name();
  }
  return attributes;
}

function checkImplemented(name: string, suffix: string | undefined, start: number): void {
  if (parseExternName(name, suffix)?.form.kind === "interface") return;
  if (isNested(name)) throw refusedName(name, suffix, start);
  throw invalid(`implements what is no interface, ${withSuffix(name, suffix)}`, start);
}

function refusedName(name: string, suffix: string | undefined, start: number): EngineError {
  if (name.length <= maxNameLength && /^\[(?:get|set|method\]\[[gs]et|static\]\[[gs]et)\]/.test(name)) {
    return unsupported(`accessors (${quoteName(name)})`, start);
  }
  if (isNested(name)) return unsupported(`nested namespaces and packages (${quoteName(name)})`, start);
  return invalid(`${withSuffix(name, suffix)} is not a valid name`, start);
}

function isNested(name: string): boolean {
  return name.length <= maxNameLength && nestedPattern.test(name) && !interfacePattern.test(name);
}

function withSuffix(name: string, suffix: string | undefined): string {
  return suffix === undefined
    ? quoteName(name)
    : `${quoteName(name)} with the version suffix ${quoteName(suffix)}`;
}

type ParsedName = Pick<ExternName, "form" | "key">;

/** The parts of a name, or `undefined` for what is no name, or is none that the version suffix could belong to. */
function parseExternName(name: string, versionSuffix: string | undefined): ParsedName | undefined {
  if (name.length + (versionSuffix?.length ?? 0) > maxNameLength) return undefined;
  if (versionSuffix === undefined && labelPattern.test(name)) {
    return { form: labelForm, key: canonicalLabel(name) };
  }
  if (versionSuffix === undefined && name.startsWith("[")) return parseAnnotated(name);
  const match = interfacePattern.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const version = match[3];
  if (!isVersion(version, versionSuffix)) return undefined;
  const path = match[1].split(":").map(canonicalLabel).join(":");
  return {
    form: { kind: "interface" },
    key: `interface ${path}/${canonicalLabel(match[2])}@${version ?? ""}`,
  };
}

function isVersion(version: string | undefined, suffix: string | undefined): boolean {
  if (suffix === undefined) return version === undefined || semverPattern.test(version);
  if (version === undefined || !canonicalVersion.test(version)) return false;
  // A suffix does not continue a number: `1` and `2.0.0` are no version 12.
  return /^(?:[.+-]|$)/.test(suffix) && semverPattern.test(version + suffix);
}

function parseAnnotated(name: string): ParsedName | undefined {
  const form = parseMemberName(name);
  if (form === undefined || !labelPattern.test(form.resource)) return undefined;
  const owner = canonicalLabel(form.resource);
  if (form.kind === "constructor") return { form, key: `constructor ${owner}` };
  if (!labelPattern.test(form.name)) return undefined;
  const own = canonicalLabel(form.name);
  // A member named like its resource would be named like the resource's constructor in many languages.
  return { form, key: owner === own ? own : `member ${owner}.${own}` };
}

/** Things of one kind cannot have the same name. */
export function twoNamed(what: string, names: readonly string[], offset?: number): EngineError {
  return invalid(`two ${what}s are named ${quoteNames(names)}`, offset);
}

/** Names from a file that say together what is meant, safe to show. */
export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(" ");
}

/** A name from a file, safe to show: cut, and without control characters. */
export function quoteName(name: string): string {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  // JSON leaves these alone: control characters of terminals, line ends, and what turns the direction of text.
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}
