import ts from 'typescript';
import { codeOf, isConfigFile, lineOf, type Code } from '../code.ts';
import type { Rule } from '../rule.ts';
import type { Violation } from '../violation.ts';

/** What a file gives is readable in it, and has one name everywhere. */
export const namedExports: Rule = {
  title: 'exports have names: no default export but for configuration, no `export *`',
  check: (repository) => codeOf(repository).flatMap(namelessExports),
};

function namelessExports(code: Code): readonly Violation[] {
  const { path } = code.file;
  return code.nodes.flatMap((node) => {
    const line = lineOf(code, node);
    if (ts.isExportDeclaration(node) && !isNamed(node)) {
      return [{ path, line, message: 'exports all of a module: name each export' }];
    }
    if (isDefault(node) && !isConfigFile(path)) {
      return [{ path, line, message: 'exports by default: give the export a name' }];
    }
    return [];
  });
}

function isNamed({ exportClause }: ts.ExportDeclaration): boolean {
  return exportClause !== undefined && ts.isNamedExports(exportClause);
}

function isDefault(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
}
