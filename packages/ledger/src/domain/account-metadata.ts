import { refuse, type Refusal } from '@sluice/money';

/** What an account's owner says about it: `{ region: 'north', kind: 'seller' }`. */
export type AccountMetadata = Readonly<Record<string, string>>;

const keyPattern = /^[a-zA-Z][a-zA-Z0-9._-]{0,59}$/;
const valuePattern = /^[^\p{Cc}\p{Cs}]{0,500}$/u;
const maxKeys = 50;

/** Why an account cannot carry metadata: `ACCOUNT_METADATA_INVALID`, with every fault. */
export function metadataFault(code: string, metadata: AccountMetadata): Refusal | undefined {
  const entries = Object.entries(metadata);
  const faults = [
    ...(entries.length > maxKeys ? [`${entries.length} keys are more than ${maxKeys}`] : []),
    ...entries.flatMap(([key, value]) => [
      ...(keyPattern.test(key) ? [] : [`"${key}" is not a name of letters, digits and ._-`]),
      ...(valuePattern.test(value) ? [] : [`"${key}" is not a text of at most 500 characters`]),
    ]),
  ];
  if (faults.length === 0) return undefined;
  return refuse(
    'ACCOUNT_METADATA_INVALID',
    `the metadata of account ${code} has ${faults.length} fault(s): ${faults.join('; ')}`,
    { account: code, faults },
  );
}
