import { integerValue, createRuleInterface, RuleManagement } from '@sluice/rule-engine';
import { expect, test } from 'vitest';
import { decideOnTill } from './decide-on-till.ts';

const terminal = { deviceId: 'till-1' };
const businesses = ['first', 'second'];

function ruleSet(version: number): object {
  return {
    ...{ id: 'discounts', version, scope: { level: 'base' }, facts: { n: 'integer' } },
    rules: businesses.map((business) => ({
      ...{ id: business, version: 1, business },
      when: { gt: [{ fact: 'n' }, { integer: '0' }] },
      then: { outcome: 'applied', value: { integer: String(version) } },
    })),
  };
}

test('all businesses of a till are decided by the same rules, whatever comes in', async () => {
  let version = 1;
  const management = new RuleManagement({ fetchFor: () => Promise.resolve([ruleSet(version)]) });
  await management.refresh(terminal);
  let asked = 0;
  const provide = async (): Promise<ReturnType<typeof integerValue>> => {
    asked += 1;
    if (asked === 1) {
      version = 2;
      await management.refresh(terminal);
    }
    return integerValue(1n);
  };
  const facts = { n: { provide, cost: 1 } };
  const rules = createRuleInterface({ management, terminal, facts });
  const till = { terminal, management, rules, businesses };
  const text = await decideOnTill(till, { at: '2017-07-03' }, 'device:till-1');
  const record = (business: string): string =>
    `"${business}":{"layer":"base","outcome":"applied","rule":"discounts@2/${business}@1",` +
    '"value":{"integer":"2"}}';
  expect(text).toBe(
    `{"at":"2017-07-03","decisions":{${record('first')},${record('second')}},` +
      '"device":"till-1","rules":["discounts@2"],"unit":"device:till-1"}',
  );
  expect(asked).toBe(4);
});
