export {
  createRuleInterface,
  type RuleInterface,
  type RuleInterfaceParts,
} from './interface/rule-interface.ts';
export type {
  CostlyProvider,
  FactProvider,
  FactProviders,
  RunRequest,
  Timer,
} from './interface/fact-provider.ts';
export type { Change } from './analysis/suggest.ts';
export type { Suggestion } from './analysis/suggestions.ts';
export type { Budget } from './runtime/budget.ts';
export type {
  BucketAlgorithm,
  Bucketing,
  Expression,
  FactReference,
  Literal,
  Operation,
  Operator,
} from './language/expression.ts';
export { digestOf } from './language/content-digest.ts';
export { limits } from './language/limits.ts';
export { parseValue, valueToJson } from './language/literal.ts';
export { expressionToJson, ruleSetToJson } from './language/stored-form.ts';
export { parseRuleSet } from './language/parse-rule-set.ts';
export type { FactSchema, Layer, Rule, RuleSet, Scope, Then } from './language/rule-set.ts';
export { layers } from './language/rule-set.ts';
export type { ScalarType, ValueType } from './language/value-type.ts';
export {
  boolValue,
  decimalValue,
  integerValue,
  listValue,
  moneyOf,
  moneyValue,
  textValue,
  valueText,
  type Value,
} from './language/value.ts';
export { lintRules, type LintCode, type LintFinding, type LintReport } from './analysis/lint.ts';
export { acceptBundle, type BundleCheck, type InstalledBundle } from './bundle/accept-bundle.ts';
export { BundleShelf, type Slot, type SlotStore } from './bundle/bundle-shelf.ts';
export {
  BundleSource,
  type BundleFeed,
  type BundleSourceParts,
  type BundleStatus,
  type Have,
} from './bundle/bundle-source.ts';
export { diskSlots, type DiskSlotsParts, type Files } from './bundle/disk-slots.ts';
export { httpFeed, type Fetch, type HttpFeedParts } from './bundle/http-feed.ts';
export {
  indexedDbSlots,
  type DbFactory,
  type IndexedDbSlotsParts,
} from './bundle/indexed-db-slots.ts';
export type {
  Bundle,
  BundleTerminal,
  Manifest,
  ManifestSignature,
  TrustedKey,
} from './bundle/manifest.ts';
export {
  bundleText,
  deltaFrom,
  publishBundle,
  republish,
  type BundleParts,
} from './bundle/publish-bundle.ts';
export {
  answerBundleRequest,
  etagOf,
  type BundleRequest,
  type BundleResponse,
} from './bundle/serve-bundle.ts';
export { trustedKeyOf, type SigningKey } from './bundle/signature.ts';
export type { InstalledRules, InstalledSet } from './management/installed-sets.ts';
export { RuleManagement } from './management/rule-management.ts';
export type { RuleSource, Terminal } from './management/terminal.ts';
export { holdAgainst, type Gate, type GateVerdict } from './rollout/gate.ts';
export { withReach } from './rollout/reach.ts';
export {
  decideWithShadow,
  ShadowTally,
  type Shadowed,
  type ShadowReport,
} from './rollout/shadow.ts';
export { unitOf, type FoundUnit, type Identity, type Units } from './rollout/units.ts';
export {
  compileLayers,
  compileRules,
  type CompiledRules,
  type RuleReference,
} from './runtime/compile-rules.ts';
export { compileCondition, type Condition } from './runtime/condition.ts';
export { decide, decideNow } from './runtime/decide.ts';
export type { Decision, DecisionJson, Said, UnknownRule } from './runtime/decision.ts';
export { decisionRecord } from './runtime/decision-record.ts';
export { explain } from './runtime/explain.ts';
export type { TraceLine } from './runtime/trace.ts';
export type { Unknown, UnknownCode } from './runtime/unknown.ts';
