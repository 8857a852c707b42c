import { isRefusal, type Refusal } from '@sluice/money';
import { readRuleSet } from './parse-text.ts';
import { printRuleSet, type Comments } from './print-rule-set.ts';
import { Translation, type TextEntry } from './translation.ts';

/**
 * A rule set text in the one form that every author gets: entries in a fixed order, one a line,
 * lines of 100 columns. Comments stay, each on a line of its own before the entry it belonged to.
 * Formatting twice changes nothing more.
 *
 * @returns the text, or the refusal `RULE_TEXT_INVALID` of {@link parseRuleSetText}.
 */
export function formatRuleSetText(text: string): string | Refusal {
  const translation = new Translation(text);
  const ruleSet = readRuleSet(translation);
  return isRefusal(ruleSet) ? ruleSet : printRuleSet(ruleSet, commentsOf(translation));
}

// Strings are matched to be passed over: what looks like a comment in them is none.
const token = new RegExp(
  [
    String.raw`("""|''')(?:\\[^]|(?!\1)[^])*\1`,
    String.raw`(["'])(?:\\.|(?!\2)[^\\\n])*\2`,
    String.raw`\/\/[^\n]*`,
  ].join('|'),
  'g',
);

function commentsOf({ source: { text }, entries }: Translation): Comments {
  const sorted = [...entries].sort((left, right) => left.start - right.start);
  const comments = new Map<string, string[]>();
  for (const { 0: comment, index } of text.matchAll(token)) {
    if (!comment.startsWith('//')) continue;
    const path = ownerOf(index, text, sorted);
    const all = comments.get(path) ?? [];
    comments.set(path, [...all, comment.trimEnd()]);
  }
  return comments;
}

/** Behind code, a comment is about the entry that began last; else about the one that follows. */
function ownerOf(offset: number, text: string, entries: readonly TextEntry[]): string {
  const before = entries.findLast(({ start }) => start < offset);
  const lineStart = text.lastIndexOf('\n', offset) + 1;
  const isBehindCode = /[^\s{}[\],]/.test(text.slice(lineStart, offset));
  if (before === undefined) return text.slice(0, offset).includes('{') ? 'id' : '';
  const isInside = !before.isOpen && offset < before.end;
  if (isBehindCode || isInside) return before.path;
  return entries.find(({ start }) => start > offset)?.path ?? 'end';
}
