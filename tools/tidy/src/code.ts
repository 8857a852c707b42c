import ts from 'typescript';
import type { Repository, RepositoryFile } from './repository.ts';

/** A file of program text with its syntax tree. */
export interface Code {
  readonly file: RepositoryFile;
  readonly tree: ts.SourceFile;
  /** Every node of the tree, in order of the text. */
  readonly nodes: readonly ts.Node[];
}

/** A comment and the line, from 1, that it begins on. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

/** A module that a file names, and the line it does so on. */
export interface ModuleName {
  readonly name: string;
  readonly line: number;
}

const codePath = /\.[cm]?[jt]sx?$/;
const parsed = new WeakMap<RepositoryFile, Code>();

/** Whether this is test code: a test or a helper of tests. */
export function isTestCode(path: string): boolean {
  return /\.test\.[cm]?tsx?$|\/src\/testing\/|^(\w+\/[^/]+\/)?test\//.test(path);
}

/** Whether this is a configuration file of a tool: those are found by name and default export. */
export function isConfigFile(path: string): boolean {
  return /(^|\/)(\w+\.config\.[cm]?[jt]s|vitest\.shared\.ts)$/.test(path);
}

/** Every file of program text, parsed once. */
export function codeOf(repository: Repository): readonly Code[] {
  return repository.files.filter(({ path }) => codePath.test(path)).map(parse);
}

function parse(file: RepositoryFile): Code {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const nodes: ts.Node[] = [];
  const collect = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, collect);
  };
  collect(tree);
  const code = { file, tree, nodes };
  parsed.set(file, code);
  return code;
}

/** The line, from 1, that a node begins on, its comments left out. */
export function lineOf({ tree }: Code, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** The words, signs and literals of a file: what is left without blanks and comments. */
export function tokensOf({ tree }: Code): readonly ts.Node[] {
  const tokens: ts.Node[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(tree);
    if (children.length === 0) tokens.push(node);
    else children.forEach(collect);
  };
  collect(tree);
  return tokens;
}

/** The comments of a file, doc comments included. */
export function commentsOf(code: Code): readonly Comment[] {
  const { tree } = code;
  const ranges = new Map<number, number>();
  const note = (found: readonly ts.CommentRange[] | undefined): void =>
    found?.forEach(({ pos, end }) => ranges.set(pos, end));
  for (const token of tokensOf(code)) {
    note(ts.getLeadingCommentRanges(tree.text, token.getFullStart()));
    note(ts.getTrailingCommentRanges(tree.text, token.getEnd()));
  }
  return [...ranges].map(([start, end]) => ({
    text: tree.text.slice(start, end),
    line: tree.getLineAndCharacterOfPosition(start).line + 1,
  }));
}

/** The modules that a file imports, re-exports, requires or resolves by a literal name. */
export function modulesOf(code: Code): readonly ModuleName[] {
  return code.nodes.flatMap((node) => {
    const literal = moduleLiteral(node);
    return literal !== undefined && ts.isStringLiteralLike(literal)
      ? [{ name: literal.text, line: lineOf(code, literal) }]
      : [];
  });
}

function moduleLiteral(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return node.argument.literal;
  }
  if (ts.isCallExpression(node) && loadsModule(node.expression)) return node.arguments[0];
  return undefined;
}

function loadsModule(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    /^(require|require\.resolve|import\.meta\.resolve)$/.test(callee.getText())
  );
}

/** The text of a string or template, with `?` where a value goes in; undefined for other nodes. */
export function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('?');
}

/** The name that a chain of properties and calls begins with: `test` of `test.each([])('x')`. */
export function rootName(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return rootName(node.expression);
  if (ts.isCallExpression(node)) return rootName(node.expression);
  return ts.isTaggedTemplateExpression(node) ? rootName(node.tag) : undefined;
}
