import { refuse, type Refusal } from '@sluice/money';
import { limits } from '../language/limits.ts';
import {
  addFault,
  faultText,
  found,
  isRecord,
  readRecord,
  readText,
  readVersion,
  type Faults,
  type JsonRecord,
  type TextForm,
} from '../language/reader.ts';
import { isDate, nameForm, plainTextForm } from '../language/text-forms.ts';
import type { Bundle } from './manifest.ts';

function hexForm(what: string, bytes: number): TextForm {
  const pattern = new RegExp(`^[0-9a-f]{${bytes * 2}}$`);
  return {
    what: `${what} of ${bytes} bytes in hexadecimal`,
    matches: (text) => pattern.test(text),
  };
}

const digestForm = hexForm('a digest', 32);
const keyForm = hexForm('a key', 32);
const signatureForm = hexForm('a signature', 64);
const instantForm: TextForm = {
  what: 'a moment such as 2017-07-03T12:00:00Z',
  matches: (text) => /T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/.test(text) && isDate(text.slice(0, -10)),
};
const mostKeys = 16;

/**
 * Reads the text of a bundle. Strict: what it does not know it refuses.
 *
 * @returns the bundle, not yet verified; or the refusal `BUNDLE_UNREADABLE`.
 */
export function readBundle(text: string): Bundle | Refusal {
  if (text.length > limits.bundleLength) {
    return unreadable(`longer than ${limits.bundleLength} characters`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unreadable('it is no JSON, or was cut off');
  }
  const faults: Faults = [];
  checkBundle(faults, json);
  const [fault] = faults;
  return fault === undefined ? (json as Bundle) : unreadable(faultText(fault));
}

function unreadable(what: string): Refusal {
  return refuse('BUNDLE_UNREADABLE', `the bundle cannot be read: ${what}`);
}

function checkBundle(faults: Faults, json: unknown): void {
  const bundle = readRecord(faults, json, '', { required: ['manifest', 'signatures', 'contents'] });
  if (bundle === null || faults.length > 0) return;
  const { manifest, signatures, contents } = bundle;
  checkManifest(faults, manifest);
  checkList(faults, signatures, 'signatures', 0, (item, path) =>
    checkTexts(faults, item, path, { keyId: nameForm, signature: signatureForm }),
  );
  if (!isRecord(contents)) {
    addFault(faults, 'contents', `expected an object, found ${found(contents)}`);
    return;
  }
  for (const [digest, content] of Object.entries(contents)) {
    readText(faults, digest, 'contents', digestForm);
    if (!isRecord(content)) addFault(faults, `contents.${digest}`, 'expected a rule set');
  }
}

const manifestKeys = ['format', 'terminal', 'version', 'expiresAt', 'sets'];

function checkManifest(faults: Faults, json: unknown): void {
  const keys = { required: manifestKeys, optional: ['keys'] };
  const manifest = readRecord(faults, json, 'manifest', keys);
  if (manifest === null) return;
  const { format, terminal, sets } = manifest;
  if (format !== 'sluice-rule-bundle-1') {
    addFault(faults, 'manifest.format', `expected sluice-rule-bundle-1, found ${found(format)}`);
  }
  checkTerminal(faults, terminal);
  readVersion(faults, manifest['version'], 'manifest.version');
  readText(faults, manifest['expiresAt'], 'manifest.expiresAt', instantForm);
  checkList(faults, sets, 'manifest.sets', 0, (item, path) => {
    readText(faults, item ?? null, path, digestForm);
  });
  if (!Object.hasOwn(manifest, 'keys')) return;
  checkList(faults, manifest['keys'], 'manifest.keys', 1, (item, path) =>
    checkTexts(faults, item, path, { id: nameForm, publicKey: keyForm }),
  );
}

function checkTerminal(faults: Faults, json: unknown): void {
  const path = 'manifest.terminal';
  const terminal = readRecord(faults, json, path, { required: ['deviceId', 'userId'] });
  if (terminal === null) return;
  readText(faults, terminal['deviceId'], `${path}.deviceId`, plainTextForm);
  const { userId } = terminal;
  if (userId !== null) readText(faults, userId, `${path}.userId`, plainTextForm);
}

function checkList(
  faults: Faults,
  json: unknown,
  path: string,
  fewest: number,
  check: (item: unknown, path: string) => void,
): void {
  const most = path === 'manifest.sets' ? limits.bundleSets : mostKeys;
  if (!Array.isArray(json) || json.length < fewest || json.length > most) {
    addFault(faults, path, `expected a list of ${fewest} to ${most}`);
    return;
  }
  for (const [index, item] of json.entries()) check(item, `${path}[${index}]`);
}

function checkTexts(
  faults: Faults,
  json: unknown,
  path: string,
  forms: Readonly<Record<string, TextForm>>,
): void {
  const record: JsonRecord | null = readRecord(faults, json, path, {
    required: Object.keys(forms),
  });
  for (const [key, form] of Object.entries(record === null ? {} : forms)) {
    readText(faults, record?.[key], `${path}.${key}`, form);
  }
}
