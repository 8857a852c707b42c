import { createTree } from '@nx/devkit/testing';
import { expect, test } from 'vitest';
import { checkName } from './check-name.ts';

const tree = createTree();
tree.write('packages/ledger/package.json', '{}');
tree.write('apps/cli/package.json', '{}');

test.each(['card', 'gift-card', 'tier-2', 'orders'])('"%s" is a name', (name) => {
  expect(() => checkName(tree, name)).not.toThrow();
});

test.each([
  ['', 'write one noun in kebab-case'],
  ['GiftCard', 'write one noun in kebab-case'],
  ['gift_card', 'write one noun in kebab-case'],
  ['gift--card', 'write one noun in kebab-case'],
  ['-card', 'write one noun in kebab-case'],
  ['2-card', 'write one noun in kebab-case'],
  ['../card', 'write one noun in kebab-case'],
  ['gift card', 'write one noun in kebab-case'],
  ['x'.repeat(21), 'it is longer than 20 characters'],
  ['order', 'PostgreSQL reserves it, and the schema has its name; say more, as "sales-order"'],
  ['pg-card', 'PostgreSQL reserves it'],
  ['refusal', 'the code of every package uses this word'],
  ['ledger', 'packages/ledger is there already'],
  ['cli', 'apps/cli is there already'],
])('"%s" is none: %s', (name, fault) => {
  expect(() => checkName(tree, name)).toThrow(`"${name}" cannot name a domain package: ${fault}`);
});
