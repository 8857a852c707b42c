/**
 * A till that switches bundles as fast as it can, for a test that kills it. Prints the version of
 * each switch once it is done: `node test/till-process.ts FOLDER FROM`.
 */
import * as files from 'node:fs/promises';
import { RuleManagement, bundleText, BundleSource, diskSlots, trustedKeyOf } from '../src/index.ts';
import { bundle, giving, now, one, till } from './bundles.ts';

const [folder = '', from = '1'] = process.argv.slice(2);
let version = Number(from);

const source = new BundleSource({
  feed: {
    fetchBundle: () => {
      version += 1;
      const ruleSets = [giving('1.00', { version })];
      return Promise.resolve(bundleText(bundle({ version, ruleSets })));
    },
  },
  slotsOf: (terminal) => diskSlots({ files, folder, terminal }),
  keys: [trustedKeyOf(one)],
  now: () => now,
  report: (_terminal, refusal) => process.stdout.write(`refused ${refusal.code}\n`),
});
const management = new RuleManagement(source);

for (;;) {
  const refusals = await management.refresh(till);
  const { ruleSets } = management.rulesFor(till, 'b');
  process.stdout.write(`${refusals[0]?.code ?? ruleSets[0]?.version ?? 'none'}\n`);
}
