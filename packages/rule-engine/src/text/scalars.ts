import type { ASTNode } from '@marcbachmann/cel-js';
import type { JsonRecord } from '../language/reader.ts';

/**
 * A literal in the stored form; a text says what is wrong with it. Numbers are taken from the text
 * as they are written, never from the float that the parser makes of them.
 */
export function scalarText(text: string, node: ASTNode): JsonRecord | string {
  if (node.op === '-_') {
    const { args } = node;
    const number = args.op === 'value' ? numberText(text, args) : 'no number';
    if (typeof number === 'string') return 'write 0 - x: a minus sign stands before a number only';
    const [[key, digits]] = Object.entries(number) as [[string, string]];
    return { [key]: `-${digits}` };
  }
  if (node.op !== 'value') return 'expected a text or a number that stands here as it is';
  if (typeof node.args === 'string') return { text: node.args };
  if (typeof node.args === 'boolean') return { bool: node.args };
  return numberText(text, node);
}

function numberText(text: string, { start, end, args }: ASTNode): JsonRecord | string {
  const digits = text.slice(start, end);
  if (typeof args === 'bigint' && /^\d+$/.test(digits)) return { integer: digits };
  if (typeof args === 'number' && /^\d+\.\d+$/.test(digits)) return { decimal: digits };
  return `"${digits}" is not part of the language: write 12, 0.425, true, false or "text"`;
}
