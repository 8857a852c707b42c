import { argumentPath, type Expression } from '../language/expression.ts';
import { FALSE, TRUE, valueText } from '../language/value.ts';
import {
  isInEffect,
  silenceOf,
  type CompiledRule,
  type CompiledRules,
  type RuleReference,
} from './compile-rules.ts';
import type { Outcomes } from './evaluate.ts';
import { isPending, judge, type Verdict } from './judge.ts';
import type { UnknownRule } from './decision.ts';
import type { Run } from './run.ts';
import { nodeText, outcomeText } from './trace-text.ts';
import type { Outcome } from './unknown.ts';

/** One step of a decision: a rule that was asked, or a node of its tree that was visited. */
export interface TraceLine {
  readonly rule: RuleReference;
  /** Where in the rule: `when.and[0]`; empty for the line of the rule itself. */
  readonly path: string;
  /** The node's key in the stored form, or `rule`. */
  readonly node: string;
  /** `true`, `false`, `unknown`, a value such as `0.25 USD`; of a rule what became of it. */
  readonly outcome: string;
  /** For people: `coupon.value 0.75 USD below 1.00 USD`. */
  readonly text: string;
  /** Whether the rule's outcome hangs on this step. */
  readonly decisive: boolean;
}

/** Runs the rules again on the facts of a finished run and writes down every step. */
export function traceRun(
  compiled: CompiledRules,
  run: Run,
  at: string,
  unknowns: readonly UnknownRule[] = [],
): readonly TraceLine[] {
  const overdrawn = new Map(
    unknowns
      .filter(({ reason }) => reason.code === 'BUDGET_EXCEEDED')
      .map(({ rule, reason }) => [rule, reason]),
  );
  const lines: TraceLine[] = [];
  for (const candidate of compiled.rules) {
    const silence = silentBecause(candidate, at);
    if (silence !== null) {
      lines.push(ruleLine(candidate, silence[0], silence[1]));
      continue;
    }
    const outcomes: Outcomes = new Map();
    const verdict = overdrawn.get(candidate.reference) ?? judge(candidate, run, outcomes);
    if (isPending(verdict)) throw new TypeError(`the trace waits for ${verdict.fact}`);
    lines.push(ruleLine(candidate, ...verdictText(verdict)), ...nodeLines(candidate, outcomes));
    if (typeof verdict === 'string' ? verdict === 'not-applied' : verdict.kind !== 'unknown') break;
  }
  return lines;
}

function silentBecause(candidate: CompiledRule, at: string): readonly [string, string] | null {
  if (!isInEffect(candidate.rule, at)) return ['not-in-effect', `not in effect on ${at}`];
  const silence = silenceOf(candidate, at);
  if (silence === undefined) return null;
  const { kind, by } = silence;
  const whose = `v${by.version} of the ${by.layer} set ${by.ruleSetId}`;
  return [kind, kind === 'locked-out' ? `kept out by ${whose}, locked` : `${kind} by ${whose}`];
}

function verdictText(verdict: Verdict): readonly [string, string] {
  if (verdict === 'does-not-hold') return [verdict, 'does not hold'];
  if (verdict === 'not-applied') return [verdict, 'holds: not applied'];
  if (verdict.kind === 'unknown') return ['unknown', `unknown: ${verdict.message}`];
  return ['applied', `applied ${valueText(verdict)}`];
}

const silent = new Set(['not-in-effect', 'replaced', 'disabled', 'locked-out']);

function ruleLine({ reference }: CompiledRule, outcome: string, text: string): TraceLine {
  const decisive = !silent.has(outcome);
  const said = `${reference.id} v${reference.version} ${text}`;
  return { rule: reference, path: '', node: 'rule', outcome, text: said, decisive };
}

function nodeLines({ reference, rule }: CompiledRule, outcomes: Outcomes): readonly TraceLine[] {
  const lines: TraceLine[] = [];
  const visit = (node: Expression, path: string, decisive: boolean, isInline: boolean): void => {
    const outcome = outcomes.get(node);
    if (outcome === undefined || outcome.kind === 'pending') return;
    if (node.kind === 'operation' || !isInline) {
      const text = nodeText(node, outcome, (part) => outcomes.get(part));
      const key = node.kind === 'operation' ? node.op : node.kind;
      const said = outcomeText(outcome);
      lines.push({ rule: reference, path, node: key, outcome: said, text, decisive });
    }
    if (node.kind !== 'operation') return;
    for (const [index, arg] of node.args.entries()) {
      const weighs = decisive && carries(node.op, outcome, outcomes.get(arg));
      visit(arg, path + argumentPath(node.op, index), weighs, !isLogic(node.op));
    }
  };
  visit(rule.when, 'when', true, false);
  if (rule.then.outcome === 'applied') visit(rule.then.value, 'then.value', true, false);
  return lines;
}

function isLogic(op: string): boolean {
  return op === 'and' || op === 'or' || op === 'not' || op === 'if';
}

/** In `and` and `or` the parts that agree with the whole carry it; elsewhere every part does. */
function carries(op: string, whole: Outcome, part: Outcome | undefined): boolean {
  if (op !== 'and' && op !== 'or') return true;
  if (whole === TRUE || whole === FALSE) return part === whole;
  return part?.kind === 'unknown';
}
