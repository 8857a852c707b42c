/** What is wrong, and where: `rules[2].when.and[0].lt[1]`; the empty path is the whole. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Every fault found so far. */
export type Faults = Fault[];

/** Notes a fault at a path. */
export function addFault(faults: Faults, path: string, message: string): void {
  faults.push({ path, message });
}

/** A fault for people: `rules[2].when.and[0].lt[1]: expected money, found decimal`. */
export function faultText({ path, message }: Fault): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** The path of a key inside a path. */
export function under(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** For people: what kind of JSON this is. */
export function found(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'a list';
  if (typeof json === 'object') return 'an object';
  if (typeof json === 'string') return `"${json.length > 40 ? `${json.slice(0, 40)}…` : json}"`;
  return typeof json === 'number' || typeof json === 'boolean' ? String(json) : typeof json;
}

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Tells a JSON object from everything else. */
export function isRecord(json: unknown): json is JsonRecord {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Which keys an object must and may have. */
export interface Keys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** Reads an object; notes what is missing and every key that nobody knows. */
export function readRecord(
  faults: Faults,
  json: unknown,
  path: string,
  { required, optional = [] }: Keys,
): JsonRecord | null {
  if (!isRecord(json)) {
    addFault(faults, path, `expected an object, found ${found(json)}`);
    return null;
  }
  const known = [...required, ...optional];
  for (const key of required) {
    if (!Object.hasOwn(json, key)) addFault(faults, under(path, key), 'missing');
  }
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue;
    addFault(faults, path, `unknown key "${key}": use ${known.join(', ')}`);
  }
  return json;
}

/** What a text must look like. */
export interface TextForm {
  readonly what: string;
  readonly matches: (text: string) => boolean;
}

/** Reads a text of a form. An absent one was noted by {@link readRecord}: it gives null alone. */
export function readText(
  faults: Faults,
  json: unknown,
  path: string,
  { what, matches }: TextForm,
): string | null {
  if (json === undefined) return null;
  if (typeof json === 'string' && matches(json)) return json;
  addFault(faults, path, `expected ${what}, found ${found(json)}`);
  return null;
}

/** Reads a version: 1, 2, 3 and so on. */
export function readVersion(faults: Faults, json: unknown, path: string): number | null {
  if (json === undefined) return null;
  if (typeof json === 'number' && Number.isSafeInteger(json) && json > 0) return json;
  addFault(faults, path, `expected a whole number from 1, found ${found(json)}`);
  return null;
}
