// The page of a till: what a browser runs in the tests, under a strict content security policy.
// The page's own server has it; for the linter it is no file.
const loading = import(new URL('/sluice-rules.js', location.href).href);

const terminal = { deviceId: 'till-1' };

function evaluating() {
  try {
    return `evaluated ${(0, eval)('1 + 1')}`;
  } catch (error) {
    return error instanceof EvalError ? 'eval is blocked' : String(error);
  }
}

globalThis.runTill = async ({ inputs, keys, at, now }) => {
  const rules = await loading;
  const reported = [];
  const source = new rules.BundleSource({
    feed: rules.httpFeed({
      fetch: (url, init) => fetch(url, init),
      urlOf: ({ deviceId }) => `${location.origin}/bundles/${deviceId}`,
    }),
    slotsOf: (whose) => rules.indexedDbSlots({ indexedDb: indexedDB, terminal: whose }),
    keys,
    now: () => now,
    report: (_terminal, { code }) => reported.push(code),
  });
  const management = new rules.RuleManagement(source);
  const refusals = await management.refresh(terminal);
  const decisions = [];
  for (const { business, facts } of inputs) {
    const values = Object.entries(facts).map(([name, json]) => [name, rules.parseValue(json)]);
    const providers = Object.fromEntries(values.map(([name, value]) => [name, () => value]));
    const till = rules.createRuleInterface({ management, terminal, facts: providers });
    const decision = await till.run(business, { at });
    decisions.push({
      said: JSON.stringify(decision),
      record: rules.decisionRecord(decision),
      text: rules.explain(decision),
    });
  }
  const { ruleSets } = management.rulesFor(terminal, 'b');
  return { decisions, ruleSets, reported, refusals, evaluating: evaluating() };
};
